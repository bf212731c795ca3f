#include "tests/crdt/random_edits.hpp"

#include <algorithm>
#include <numeric>

namespace crdt_test {
namespace {

const char* const words[] = {"a", "bc", "déf", "g h", "\xF0\x9F\x98\x80", "ij\xE2\x82\xACk", "lmnopqrstuvw",
                             "\n"};
const char* const names[] = {"bold", "italic", "link"};

}  // namespace

replicas::replicas(std::uint32_t seed, std::size_t count, document_options options, bool formats)
    : random_(seed), formats_(formats) {
    for (std::size_t i = 0; i < count; ++i) {
        options.client = i + 1;
        of_.push_back(std::make_unique<document>(options));
    }
    unheard_.resize(count);
}

void replicas::edit_text(text in) {
    const auto length = in.length();
    const auto index = below(length + 1);
    const auto some = std::min(length - index, 1 + below(5));
    const any values[] = {true, nullptr, 5, any(any::object{{"href", "y"}})};
    // What would divide a character is refused, and that is fine here.
    switch (below(formats_ ? 5 : 3)) {
        case 0:
        case 1: static_cast<void>(in.insert(index, words[below(8)])); break;
        case 2: static_cast<void>(in.erase(index, some)); break;
        case 3: static_cast<void>(in.format(index, some, {{names[below(3)], values[below(4)]}})); break;
        default: static_cast<void>(in.insert_embed(index, any::object{{"image", 1}}, {{"width", 2}})); break;
    }
}

void replicas::edit_map(map in) {
    const auto key = std::string(1, static_cast<char>('k' + below(4)));
    switch (below(4)) {
        case 0: in.erase(key); break;
        case 1: in.set_type(key, type_kind::text).as_text().insert(0, "in a map").value(); break;
        default: in.set(key, static_cast<double>(below(100)));
    }
}

void replicas::edit_array(array in) {
    const auto index = below(in.length() + 1);
    if (below(3) == 0) {
        in.erase(index, std::min(in.length() - index, 1 + below(3))).value();
    } else if (below(4) == 0) {
        edit_map(in.insert_type(index, type_kind::map).value().as_map());
    } else {
        const any added[] = {1, any("two"), any::byte_array{std::byte{3}}, nullptr};
        in.insert(index, std::span(added).first(1 + below(4))).value();
    }
}

void replicas::edit_xml(xml in) {
    const auto children = in.children();
    const auto index = below(in.length() + 1);
    switch (below(5)) {
        case 0: {
            auto made = in.insert_element(index, "p").value();
            made.set_attribute("level", static_cast<double>(below(3)));
            made.insert_text(0).value().insert(0, "text").value();
            break;
        }
        case 1: in.erase(index, std::min(in.length() - index, 1U)).value(); break;
        default:
            if (children.empty()) break;
            const auto child = children[below(static_cast<std::uint32_t>(children.size()))];
            if (child.kind() == type_kind::xml_text) {
                edit_text(child.as_text());
            } else {
                edit_xml(child.as_xml());
            }
    }
}

void replicas::edit() {
    const auto who = below(static_cast<std::uint32_t>(of_.size()));
    auto update = edit(who);
    if (update.empty()) return;
    updates_.push_back(std::move(update));
    for (std::size_t i = 0; i < of_.size(); ++i) {
        if (i != who) unheard_[i].push_back(updates_.size() - 1);
    }
}

buffer replicas::edit(std::size_t who) {
    auto& in = *of_[who];
    return in.transact([&] {
        for (auto edits = 1 + below(3); edits > 0; --edits) {
            switch (below(6)) {
                case 0: edit_map(in.get_map("m")); break;
                case 1: edit_array(in.get_array("a")); break;
                case 2: edit_xml(in.get_xml("x")); break;
                default: edit_text(in.get_text("t"));
            }
        }
    });
}

void replicas::deliver(std::size_t to, std::size_t update) {
    of_[to]->apply(updates_[update]).value();
}

void replicas::exchange() {
    const auto to = below(static_cast<std::uint32_t>(of_.size()));
    auto& waiting = unheard_[to];
    for (auto count = below(4); count > 0 && !waiting.empty(); --count) {
        const auto at = below(static_cast<std::uint32_t>(waiting.size()));
        deliver(to, waiting[at]);
        waiting.erase(waiting.begin() + at);
    }
}

void replicas::settle() {
    for (std::size_t i = 0; i < of_.size(); ++i) {
        std::ranges::shuffle(unheard_[i], random_);
        for (const auto each : unheard_[i]) deliver(i, each);
        unheard_[i].clear();
    }
}

}  // namespace crdt_test
