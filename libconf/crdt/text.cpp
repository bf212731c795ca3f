// Texts: reading them, now or at a snapshot, and editing them.
#include "libconf/base/check.hpp"
#include "libconf/crdt/json.hpp"
#include "libconf/crdt/text_edit.hpp"
#include "libconf/crdt/types.hpp"
#include "libconf/crdt/utf8.hpp"
#include "libconf/crdt/visible.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

/// The edit must not fall between the halves of a character, unless the document allows it.
result<void> check_boundary(engine& in, const branch& of, std::uint32_t index) {
    if (index > of.length) return crdt_errc::out_of_range;
    if (in.options.divide_characters) return {};
    const auto at = in.index.find(of, index);
    if (at.left && at.left->kind == content_kind::text && at.within < at.left->length &&
        cut_content(content_kind::text, at.left->body.view(), at.left->length, at.within).divides)
        return crdt_errc::divides_character;
    return {};
}

result<void> check_range(engine& in, const branch& of, std::uint32_t index, std::uint32_t length) {
    if (auto fits = check_boundary(in, of, index); !fits) return fits;
    const auto end = std::min<std::uint64_t>(of.length, std::uint64_t{index} + length);
    return check_boundary(in, of, static_cast<std::uint32_t>(end));
}

/// One piece as a step of a delta.
delta_step step_of(const item& of, std::uint32_t from, std::uint32_t to, const attributes& format) {
    delta_step step;
    step.format = format;
    if (of.kind == content_kind::text) {
        step.text = text_between(of, from, to);
    } else if (of.kind == content_kind::type) {
        step.what = delta_step::kind::type;
        step.shared = of.type();
    } else {
        step.what = delta_step::kind::embed;
        step.object = parse_json(of.body.view()).value_or(any(nullptr));
    }
    return step;
}

bool is_shown(const item& of) noexcept {
    return of.kind == content_kind::text || of.kind == content_kind::embed || of.kind == content_kind::type;
}

}  // namespace

std::string text::to_string(const snapshot* at) const {
    std::string whole;
    for (const auto* each = branch_->start; each; each = each->right) {
        if (each->kind != content_kind::text) continue;
        if (!at) {
            if (!each->deleted()) whole += each->body.view();
            continue;
        }
        each_visible(*engine_, *each, at,
                     [&](std::uint32_t from, std::uint32_t to) { whole += text_between(*each, from, to); });
    }
    return whole;
}

delta text::to_delta(const snapshot* at) const {
    delta made;
    const item* run = nullptr;  // the text that the last step is of
    const item* last_format = nullptr;
    const item* seen_format = nullptr;
    attributes now;
    for (const auto* each = branch_->start; each; each = each->right) {
        if (each->kind == content_kind::format) {
            if (!is_visible(*engine_, *each, at)) continue;
            const auto [key, value] = format_of(*each);
            update_attributes(now, key, value);
            last_format = each;
            continue;
        }
        if (!is_shown(*each)) continue;
        each_visible(*engine_, *each, at, [&](std::uint32_t from, std::uint32_t to) {
            // One step for each run between two formats.
            if (each->kind == content_kind::text && run && seen_format == last_format) {
                made.back().text += text_between(*each, from, to);
                return;
            }
            made.push_back(step_of(*each, from, to, now));
            run = each->kind == content_kind::text ? each : nullptr;
            seen_format = last_format;
        });
    }
    return made;
}

std::vector<text_run> text::changes(const snapshot& before, const snapshot& now) const {
    std::vector<text_run> runs;
    attributes format;
    for (const auto* each = branch_->start; each; each = each->right) {
        if (each->kind == content_kind::format) {
            if (!is_visible(*engine_, *each, &now)) continue;
            const auto [key, value] = format_of(*each);
            update_attributes(format, key, value);
            continue;
        }
        if (!is_shown(*each)) continue;
        each_difference(
            *engine_, *each, before, now, [&](std::uint32_t from, std::uint32_t to, bool was, bool is) {
                const auto what = was == is ? text_run::change::none
                                  : is      ? text_run::change::added
                                            : text_run::change::removed;
                const auto first = engine_->wire_id({each->id.client, each->id.clock + from});
                auto step = step_of(*each, from, to, format);
                if (!runs.empty() && each->kind == content_kind::text) {
                    auto& last = runs.back();
                    if (last.what == what && last.first.client == first.client &&
                        last.step.what == delta_step::kind::insert && last.step.format == step.format) {
                        last.step.text += step.text;
                        return;
                    }
                }
                runs.push_back({std::move(step), first, what});
            });
    }
    return runs;
}

result<void> text::insert(std::uint32_t index, std::string_view added) {
    if (auto fits = check_boundary(*engine_, *branch_, index); !fits) return fits;
    if (!utf16_length(added)) return crdt_errc::bad_text;
    check(engine_->now.is_open);
    if (!added.empty()) text_cursor(*engine_, *branch_, index, true).insert_plain(added);
    return {};
}

result<void> text::insert(std::uint32_t index, std::string_view added, const attributes& format) {
    if (auto fits = check_boundary(*engine_, *branch_, index); !fits) return fits;
    if (!utf16_length(added)) return crdt_errc::bad_text;
    check(engine_->now.is_open);
    if (!added.empty()) text_cursor(*engine_, *branch_, index, true).insert(added, format);
    return {};
}

result<void> text::insert_embed(std::uint32_t index, const any& object, const attributes& format) {
    if (auto fits = check_boundary(*engine_, *branch_, index); !fits) return fits;
    check(engine_->now.is_open);
    text_cursor(*engine_, *branch_, index, true).insert_embed(to_json(object), format);
    return {};
}

result<void> text::erase(std::uint32_t index, std::uint32_t length) {
    if (auto fits = check_range(*engine_, *branch_, index, length); !fits) return fits;
    check(engine_->now.is_open);
    if (length > 0) text_cursor(*engine_, *branch_, index, branch_->has_formats).erase(length);
    return {};
}

result<void> text::format(std::uint32_t index, std::uint32_t length, const attributes& change) {
    if (auto fits = check_range(*engine_, *branch_, index, length); !fits) return fits;
    check(engine_->now.is_open);
    if (length == 0) return {};
    text_cursor at(*engine_, *branch_, index, true);
    if (!at.at_end()) at.format(length, change);
    return {};
}

result<void> text::apply(const delta& change) {
    check(engine_->now.is_open);
    // One cursor goes through the text; only its index is looked at for the checks.
    std::uint32_t index = 0;
    text_cursor at(*engine_, *branch_, 0, true);
    for (const auto& step : change) {
        switch (step.what) {
            case delta_step::kind::insert: {
                const auto units = utf16_length(step.text);
                if (!units) return crdt_errc::bad_text;
                if (*units > 0) at.insert(step.text, step.format);
                index += static_cast<std::uint32_t>(*units);
                break;
            }
            case delta_step::kind::embed:
                at.insert_embed(to_json(step.object), step.format);
                ++index;
                break;
            case delta_step::kind::type: return crdt_errc::bad_type;
            case delta_step::kind::retain:
                if (auto fits = check_range(*engine_, *branch_, index, step.length); !fits) return fits;
                at.format(step.length, step.format);
                index += step.length;
                break;
            case delta_step::kind::erase:
                if (auto fits = check_range(*engine_, *branch_, index, step.length); !fits) return fits;
                at.erase(step.length);
                break;
        }
    }
    return {};
}

delta joined(const delta& from) {
    delta made;
    for (const auto& step : from) {
        if (!made.empty() && step.what == delta_step::kind::insert && made.back().what == step.what) {
            auto a = made.back().format;
            auto b = step.format;
            std::ranges::sort(a, {}, &any::member::first);
            std::ranges::sort(b, {}, &any::member::first);
            if (a == b) {
                made.back().text += step.text;
                continue;
            }
        }
        made.push_back(step);
    }
    return made;
}

std::optional<any> text::attribute(std::string_view name) const {
    return as_xml().attribute(name);
}

void text::set_attribute(std::string_view name, const any& value) {
    as_xml().set_attribute(name, value);
}

void text::erase_attribute(std::string_view name) {
    as_xml().erase_attribute(name);
}

}  // namespace conf::crdt
