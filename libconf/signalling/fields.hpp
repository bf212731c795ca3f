/// Reads the fields of a JSON object as the protocol wants them, and remembers the first that is not so.
#pragma once

#include "libconf/room/messages.hpp"
#include "libconf/room/text.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::signalling {

/// How long a text may be and what may stand in it.
struct text_rule {
    enum class unit { characters, bytes };
    enum class content { line, lines, anything };  ///< no line feeds, line feeds, control characters, too

    std::size_t least = 1;
    std::size_t most = 0;
    unit counted = unit::characters;
    content holds = content::line;
};

/// After a fault everything reads as empty, so a reader asks once, at its end. Lives as long as the object.
class fields {
public:
    /// `fault` takes the first one: of this object and of those in it.
    fields(const nlohmann::json& object, std::optional<rooms::failure>& fault, std::string path = {})
        : object_(object), fault_(fault), path_(std::move(path)) {}

    [[nodiscard]] bool flag(std::string_view name);
    [[nodiscard]] std::optional<bool> flag_if(std::string_view name);
    [[nodiscard]] bool flag_or(std::string_view name, bool otherwise);

    [[nodiscard]] std::string text(std::string_view name, const text_rule& rule);
    [[nodiscard]] std::optional<std::string> text_if(std::string_view name, const text_rule& rule);

    [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t least, std::uint64_t most);
    [[nodiscard]] std::optional<std::uint64_t> number_if(std::string_view name, std::uint64_t least,
                                                         std::uint64_t most);

    [[nodiscard]] rooms::source source(std::string_view name);
    [[nodiscard]] rooms::source source_or(std::string_view name, rooms::source otherwise);
    [[nodiscard]] rooms::role role(std::string_view name);

    using reader = std::function<void(fields&)>;
    void object(std::string_view name, const reader& read);
    /// For each entry of an array of objects.
    void objects(std::string_view name, std::size_t most, const reader& read);
    [[nodiscard]] std::vector<std::uint32_t> numbers(std::string_view name, std::size_t most);
    /// For each member's name and value, a text.
    void texts(std::string_view name, std::size_t most,
               const std::function<void(const std::string&, std::string_view)>& read);

    /// Says that this field is wrong.
    void refuse(std::string_view name, std::string why);

private:
    [[nodiscard]] const nlohmann::json* find(std::string_view name) const;
    [[nodiscard]] const nlohmann::json* need(std::string_view name);
    [[nodiscard]] std::string read_text(std::string_view name, const nlohmann::json& value,
                                        const text_rule& rule);
    [[nodiscard]] std::uint64_t read_number(std::string_view name, const nlohmann::json& value,
                                            std::uint64_t least, std::uint64_t most);
    [[nodiscard]] rooms::source read_source(std::string_view name, const nlohmann::json& value);

    const nlohmann::json& object_;
    std::optional<rooms::failure>& fault_;
    std::string path_;
};

}  // namespace conf::signalling
