#include "libconf/crdt/error.hpp"

#include <string>

namespace conf::crdt {
namespace {

class category final : public std::error_category {
public:
    const char* name() const noexcept override { return "crdt"; }
    std::string message(int value) const override {
        switch (static_cast<crdt_errc>(value)) {
            case crdt_errc::truncated: return "it ends before what it promises";
            case crdt_errc::bad_number: return "a number that is too large";
            case crdt_errc::bad_text: return "text that is not UTF-8";
            case crdt_errc::bad_json: return "an attribute or embedded object that is not JSON";
            case crdt_errc::bad_value: return "a value of an unknown kind";
            case crdt_errc::bad_content: return "content of an unknown kind or without length";
            case crdt_errc::bad_type: return "an unknown kind of shared type";
            case crdt_errc::bad_reference: return "a struct refers to itself or to a later one of its client";
            case crdt_errc::bad_encoding: return "columns that do not belong together";
            case crdt_errc::too_deep: return "nested too deeply";
            case crdt_errc::too_large: return "more bytes or a longer run than allowed";
            case crdt_errc::too_many_structs: return "more structs than allowed";
            case crdt_errc::too_many_clients: return "more client ids than allowed";
            case crdt_errc::too_much_pending: return "too much waits for what is missing";
            case crdt_errc::too_many_conflicts: return "too many concurrent insertions at one place";
            case crdt_errc::out_of_range: return "behind the end";
            case crdt_errc::divides_character: return "between the two halves of one character";
        }
        return "unknown error of a shared document";
    }
};

}  // namespace

const std::error_category& crdt_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace conf::crdt
