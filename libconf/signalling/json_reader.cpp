#include "libconf/signalling/json_reader.hpp"

#include "libconf/signalling/codec.hpp"

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace conf::signalling {
namespace {

using nlohmann::json;

/// Builds the value while it is read, so that a text beyond a limit costs no more than the limit.
class builder : public nlohmann::json_sax<json> {
public:
    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override {
        return std::isfinite(value) ? add(value) : fail("a number is too large");
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return fail("not JSON"); }

    bool start_object(std::size_t) override { return open(json::object()); }
    bool key(string_t& value) override {
        if (open_.back()->contains(value)) return fail("a key stands twice in an object");
        key_ = std::move(value);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_array() override { return close(); }

    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
        return fail("not JSON, at byte " + std::to_string(at));
    }

    [[nodiscard]] json take() && { return std::move(root_); }
    [[nodiscard]] std::string why() && { return std::move(why_); }

private:
    bool fail(std::string why) {
        why_ = std::move(why);
        return false;
    }

    json* place(json value) {
        if (++values_ > values_max) return nullptr;
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        auto& around = *open_.back();
        if (around.is_array()) return &around.emplace_back(std::move(value));
        return &around.emplace(std::move(key_), std::move(value)).first.value();
    }

    bool add(json value) { return place(std::move(value)) != nullptr || fail("too many values"); }

    bool open(json value) {
        if (open_.size() >= depth_max) return fail("too deep");
        auto* const made = place(std::move(value));
        if (made == nullptr) return fail("too many values");
        // Stays where it is until it is closed: what is around it gets nothing else before.
        open_.push_back(made);
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    json root_;
    std::vector<json*> open_;
    std::string key_;
    std::string why_;
    std::size_t values_ = 0;
};

}  // namespace

std::variant<json, bad_json> parse_json(std::string_view text) {
    builder made;
    if (json::sax_parse(text.begin(), text.end(), &made)) return std::move(made).take();
    return bad_json{std::move(made).why()};
}

}  // namespace conf::signalling
