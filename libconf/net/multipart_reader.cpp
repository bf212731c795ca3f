#include "libconf/net/multipart_reader.hpp"

#include "libconf/net/http_message.hpp"

#include <algorithm>
#include <utility>

namespace conf::net {
namespace {

constexpr std::size_t boundary_characters_max = 70;

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The value of `; name=value` or `; name="value"`; a backslash quotes nothing here, as in browsers.
std::optional<std::string> parameter(std::string_view of, std::string_view wanted) {
    for (auto at = of.find(';'); at != std::string_view::npos;) {
        of.remove_prefix(at + 1);
        const auto equals = of.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto name = trimmed(of.substr(0, equals));
        of.remove_prefix(equals + 1);
        std::string_view value;
        if (of.starts_with('"')) {
            const auto end = of.find('"', 1);
            if (end == std::string_view::npos) return std::nullopt;
            value = of.substr(1, end - 1);
            of.remove_prefix(end + 1);
        } else {
            value = trimmed(of.substr(0, of.find(';')));
        }
        if (equals_ignoring_case(name, wanted)) return std::string(value);
        at = of.find(';');
    }
    return std::nullopt;
}

/// What browsers encode in a file's name, and nothing else (HTML, "multipart/form-data encoding algorithm").
std::string decode_name(std::string text) {
    const auto replace = [&](std::string_view what, char by) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
            text.replace(at, what.size(), 1, by);
        }
    };
    replace("%22", '"');
    replace("%0D", '\r');
    replace("%0A", '\n');
    return text;
}

}  // namespace

multipart_reader::multipart_reader(std::string_view boundary, callbacks call)
    : delimiter_("\r\n--"), call_(std::move(call)), left_("\r\n") {
    // The first boundary may be at the very beginning.
    delimiter_ += boundary;
}

bool multipart_reader::feed(std::string_view piece) {
    if (state_ == state::bad) return false;
    if (state_ == state::behind) return true;  // an epilogue, which is nothing
    left_ += piece;
    while (step()) {}
    return state_ != state::bad;
}

/// True: there may be more to do.
bool multipart_reader::step() {
    switch (state_) {
        case state::before:
        case state::data: {
            const auto end = left_.find(delimiter_);
            // What may be the beginning of a boundary stays.
            const auto sure = end != std::string::npos           ? end
                              : left_.size() < delimiter_.size() ? std::size_t{0}
                                                                 : left_.size() - delimiter_.size() + 1;
            if (state_ == state::data && sure > 0 && call_.on_data)
                call_.on_data(std::string_view(left_).substr(0, sure));
            left_.erase(0, sure);
            if (end == std::string::npos) return false;
            left_.erase(0, delimiter_.size());
            state_ = state::boundary;
            return true;
        }
        case state::boundary: {
            if (left_.size() < 2) return false;
            const auto last = left_.starts_with("--");
            if (!last && !left_.starts_with("\r\n")) {
                state_ = state::bad;
                return false;
            }
            if (last) {
                state_ = state::behind;
                left_.clear();
                return false;
            }
            left_.erase(0, 2);
            state_ = state::head;
            return true;
        }
        case state::head: {
            constexpr std::string_view end_of_head = "\r\n\r\n";
            const auto end = left_.find(end_of_head);
            if (end == std::string::npos && left_.size() <= part_head_bytes_max + end_of_head.size())
                return false;
            if (end == std::string::npos || end > part_head_bytes_max || ++parts_ > form_parts_max ||
                !take_head(std::string_view(left_).substr(0, end))) {
                state_ = state::bad;
                return false;
            }
            left_.erase(0, end + end_of_head.size());
            state_ = state::data;
            return true;
        }
        case state::behind:
        case state::bad: break;
    }
    return false;
}

bool multipart_reader::take_head(std::string_view head) {
    constexpr std::string_view wanted = "content-disposition";
    while (!head.empty()) {
        const auto end = std::min(head.find("\r\n"), head.size());
        const auto line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !equals_ignoring_case(line.substr(0, colon), wanted)) continue;
        const auto value = trimmed(line.substr(colon + 1));
        if (!equals_ignoring_case(trimmed(value.substr(0, value.find(';'))), "form-data")) return false;
        form_part made{parameter(value, "name").value_or(""), parameter(value, "filename")};
        if (made.file_name) made.file_name = decode_name(std::move(*made.file_name));
        if (call_.on_part) call_.on_part(made);
        return true;
    }
    return false;
}

std::optional<std::string> form_boundary(std::string_view content_type) {
    if (!equals_ignoring_case(trimmed(content_type.substr(0, content_type.find(';'))),
                              "multipart/form-data")) {
        return std::nullopt;
    }
    auto made = parameter(content_type, "boundary");
    if (!made || made->empty() || made->size() > boundary_characters_max) return std::nullopt;
    return made;
}

}  // namespace conf::net
