#include "libconf/rtp/sequence.hpp"

namespace conf::rtp {

sequence_gate::result sequence_gate::accept(std::uint16_t sequence_number) noexcept {
    if (!numbers_.started()) return {verdict::newest, numbers_.update(sequence_number)};
    const int step = distance(static_cast<std::uint16_t>(numbers_.highest()), sequence_number);
    if (step > 0 && step < dropout_max) {
        confirming_.reset();
        return {verdict::newest, numbers_.update(sequence_number)};
    }
    if (step <= 0 && step >= -misorder_max) return {verdict::late, numbers_.extend(sequence_number)};
    if (confirming_ == sequence_number) {
        confirming_.reset();
        return {verdict::restarted, numbers_.restart(sequence_number)};
    }
    confirming_ = static_cast<std::uint16_t>(sequence_number + 1);
    return {verdict::ignored, 0};
}

}  // namespace conf::rtp
