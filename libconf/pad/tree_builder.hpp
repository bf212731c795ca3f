/// Builds a tree from what a parser says, piece by piece.
#pragma once

#include "libconf/pad/rich_text.hpp"

#include <string_view>
#include <vector>

namespace conf::pads {

/// Blocks are opened and closed like tags; text goes where it stands, and `take` sees to it that the schema
/// allows that. What is opened deeper than `tree_depth_max` joins what is around it.
class tree_builder {
public:
    tree_builder() { path_.push_back(&root_); }

    /// The node, to set its attributes; it stays valid until something else is added to its parent.
    node& open(node_kind kind) {
        if (path_.size() >= tree_depth_max) {
            ++too_deep_;
            spare_ = {};
            return spare_;
        }
        auto& made = path_.back()->children.emplace_back(make_block(kind));
        path_.push_back(&made);
        return made;
    }
    void close() noexcept {
        if (too_deep_ > 0) {
            --too_deep_;
        } else if (path_.size() > 1) {
            path_.pop_back();
        }
    }
    void text(std::string_view what) {
        if (what.empty()) return;
        auto& into = path_.back()->children;
        if (!into.empty() && into.back().kind == node_kind::text && into.back().style == style) {
            into.back().text += what;
        } else {
            into.push_back(make_text(std::string(what), style));
        }
    }
    void leaf(node what) { path_.back()->children.push_back(std::move(what)); }
    [[nodiscard]] node& current() noexcept { return *path_.back(); }
    [[nodiscard]] node& root() noexcept { return root_; }

    [[nodiscard]] node take() && {
        normalise(root_);
        return std::move(root_);
    }

    marks style;  ///< of the text that comes

private:
    node root_ = make_block(node_kind::document);
    // A parent's children move when they grow, but only the last of them is ever open.
    std::vector<node*> path_;
    std::size_t too_deep_ = 0;
    node spare_;
};

}  // namespace conf::pads
