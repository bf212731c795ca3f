/// The vectors that yjs made (tests/vectors/yjs), and replaying them on documents of ours.
#pragma once

#include "libconf/crdt/any.hpp"
#include "libconf/crdt/document.hpp"
#include "libconf/crdt/undo.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crdt_test {

using namespace conf::crdt;
using buffer = std::vector<std::byte>;

[[nodiscard]] buffer from_hex(std::string_view hex);
[[nodiscard]] std::string to_hex(conf::bytes data);

/// All vectors of a group, as they stand in the file.
[[nodiscard]] std::vector<any> group(std::string_view name);

/// Members of an object, which must be there and of that kind.
[[nodiscard]] const any& at(const any& in, std::string_view key);
[[nodiscard]] const std::string& text_at(const any& in, std::string_view key);
[[nodiscard]] buffer bytes_at(const any& in, std::string_view key);
[[nodiscard]] std::uint64_t number_at(const any& in, std::string_view key);

/// A value whose tagged parts ({"$": kind}) are what they stand for.
[[nodiscard]] any untag(const any& from);
/// With the members of objects sorted, for comparing.
[[nodiscard]] any sorted(const any& from);
[[nodiscard]] any as_any(const delta& from);
/// "text:t" of a document, as the vectors' `view` shows it.
[[nodiscard]] any view_of(document& in, const std::string& root);

/// Options under which a document of ours does what yjs does.
[[nodiscard]] document_options as_yjs(client_id client, bool collect = true);

/// The documents of one scenario. Each step is checked while it is done.
class replay {
public:
    explicit replay(const any& scenario) : scenario_(scenario) {}
    /// Does all steps.
    void run();
    [[nodiscard]] document& named(const std::string& name) { return *documents_.at(name); }

private:
    void step(const any& taken);
    void edit(document& in, const any& op);
    shared_type address(document& in, const std::string& path);

    const any& scenario_;
    std::map<std::string, std::unique_ptr<document>> documents_;
    std::map<std::string, std::unique_ptr<undo_manager>> undo_;
    std::map<std::size_t, buffer> updates_;
};

}  // namespace crdt_test
