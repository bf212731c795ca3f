#include "libconf/pad/error.hpp"

#include <string>

namespace conf::pads {
namespace {

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.pad"; }
    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<pad_errc>(code)) {
            case pad_errc::bad_text: return "the text is not UTF-8";
            case pad_errc::bad_format:
                return "there is no such format; known: txt, md, html, update, pdf, docx";
            case pad_errc::bad_title: return "a title has 1 to 256 bytes of UTF-8 without control characters";
            case pad_errc::too_large: return "it is larger than a pad takes at once (1 MiB)";
            case pad_errc::unknown_version: return "there is no such version of the pad";
            case pad_errc::unknown_pad: return "there is no such pad, or it is not for you";
            case pad_errc::exists: return "a pad of that name is there already";
            case pad_errc::full: return "the limit is reached";
            case pad_errc::locked: return "the pad is locked; a moderator can unlock it";
            case pad_errc::read_only: return "you may read this pad, not write in it";
            case pad_errc::bad_update: return "it is not an update of Yjs (format v1) that fits this pad";
            case pad_errc::foreign_client: return "the update brings what somebody else wrote";
            case pad_errc::not_saved: return "the server can not write to its store now";
            case pad_errc::stopped: return "the server has ended";
        }
        return "unknown error";
    }
};

}  // namespace

const std::error_category& pad_category() noexcept {
    static const category one;
    return one;
}

}  // namespace conf::pads
