/// Replicas that edit at random and hear of each other in any order; everything from one seed.
#pragma once

#include "libconf/crdt/document.hpp"

#include <memory>
#include <random>
#include <vector>

namespace crdt_test {

using namespace conf::crdt;
using buffer = std::vector<std::byte>;

/// Some replicas of one document. Client ids are 1, 2, and so on.
class replicas {
public:
    replicas(std::uint32_t seed, std::size_t count, document_options options = {}, bool formats = true);

    /// One random edit of one of them; its update goes to nobody yet.
    void edit();
    /// The same of that one, and nobody is told.
    [[nodiscard]] buffer edit(std::size_t who);
    /// Some of what one of them has not heard of, in random order.
    void exchange();
    /// All updates to all of them, in random orders.
    void settle();

    [[nodiscard]] document& operator[](std::size_t at) { return *of_[at]; }
    [[nodiscard]] std::size_t size() const noexcept { return of_.size(); }
    [[nodiscard]] const std::vector<buffer>& updates() const noexcept { return updates_; }
    [[nodiscard]] std::mt19937& random() noexcept { return random_; }

private:
    [[nodiscard]] std::uint32_t below(std::uint32_t end) {
        return end == 0 ? 0 : static_cast<std::uint32_t>(random_()) % end;
    }
    void edit_text(text in);
    void edit_map(map in);
    void edit_array(array in);
    void edit_xml(xml in);
    void deliver(std::size_t to, std::size_t update);

    std::mt19937 random_;
    bool formats_;  ///< texts get formats and embedded objects
    std::vector<std::unique_ptr<document>> of_;
    std::vector<buffer> updates_;
    std::vector<std::vector<std::size_t>> unheard_;  ///< of each replica, indexes of updates
};

}  // namespace crdt_test
