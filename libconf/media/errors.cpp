#include "libconf/media/errors.hpp"

#include <string>

namespace conf::media {
namespace {

class category final : public std::error_category {
    [[nodiscard]] const char* name() const noexcept override { return "conf.media"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<media_errc>(value)) {
            case media_errc::bad_url: return "not an address of the form http://host[:port]/path";
            case media_errc::bad_reply: return "the server's reply is no HTTP/1.1 response";
            case media_errc::refused: return "the server refused the request";
            case media_errc::bad_answer: return "the session description lacks what a transport needs";
            case media_errc::no_candidate: return "the server offers no UDP candidate with a literal address";
            case media_errc::bad_file: return "the file holds no media that can be read";
        }
        return "unknown media error";
    }
};

}  // namespace

const std::error_category& media_category() noexcept {
    static const category one;
    return one;
}

}  // namespace conf::media
