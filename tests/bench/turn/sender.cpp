#include "sender.hpp"

#include "probe.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace turn_load {

sender::sender(data_template form, sending how)
    : form_(std::move(form)),
      how_(how),
      slots_(form_.bytes.size() * batch_max),
      vectors_(batch_max),
      names_(batch_max),
      messages_(batch_max) {
    for (std::size_t i = 0; i < batch_max; ++i) {
        auto* slot = slots_.data() + i * form_.bytes.size();
        std::ranges::copy(form_.bytes, slot);
        vectors_[i] = {slot, form_.bytes.size()};
        messages_[i].msg_hdr.msg_iov = &vectors_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
    }
}

void sender::write_stamp(std::size_t slot, const stamp& value) {
    std::memcpy(slots_.data() + slot * form_.bytes.size() + form_.payload_offset, &value, sizeof value);
}

void sender::send_slots(int socket, std::size_t count) {
    std::size_t done = 0;
    while (done < count) {
        const int sent =
            sendmmsg(socket, messages_.data() + done, static_cast<unsigned>(count - done), MSG_DONTWAIT);
        if (sent <= 0) {  // the first one was refused: count it and go on behind it
            ++refused_;
            ++done;
            continue;
        }
        done += static_cast<std::size_t>(sent);
    }
}

void sender::send_segmented(int socket, const sockaddr_in* to, std::size_t count) {
    constexpr std::size_t superframe_max = 65'000;
    const auto datagram = form_.bytes.size();
    for (std::size_t at = 0; at < count;) {
        const auto part = std::min(count - at, superframe_max / datagram);
        iovec vector{slots_.data() + at * datagram, part * datagram};
        alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))> control{};
        msghdr message{};
        message.msg_name = const_cast<sockaddr_in*>(to);
        message.msg_namelen = to == nullptr ? 0 : sizeof *to;
        message.msg_iov = &vector;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        auto* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_UDP;
        header->cmsg_type = UDP_SEGMENT;
        header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
        const auto segment = static_cast<std::uint16_t>(datagram);
        std::memcpy(CMSG_DATA(header), &segment, sizeof segment);
        if (sendmsg(socket, &message, MSG_DONTWAIT) < 0) refused_ += part;
        at += part;
    }
}

void sender::send_run(int socket, std::uint32_t flow, std::uint64_t sequence, std::size_t count) {
    stamp value;
    value.flow = flow;
    value.sent_wall_ns = wall_ns();
    for (std::size_t i = 0; i < count; ++i) {
        value.sequence = sequence + i;
        if (how_ == sending::single) value.sent_wall_ns = wall_ns();
        const auto slot = how_ == sending::single ? 0 : i;
        write_stamp(slot, value);
        if (how_ != sending::single && count > 1) continue;
        if (send(socket, vectors_[slot].iov_base, vectors_[slot].iov_len, MSG_DONTWAIT) < 0) ++refused_;
    }
    if (how_ == sending::single || count == 1) return;
    if (how_ == sending::segmented) {
        send_segmented(socket, nullptr, count);
    } else {
        send_slots(socket, count);
    }
}

void sender::queue_run(int socket, const sockaddr_in& to, std::uint32_t flow, std::uint64_t sequence,
                       std::size_t count) {
    stamp value;
    value.flow = flow;
    value.sent_wall_ns = wall_ns();
    for (std::size_t i = 0; i < count; ++i) {
        value.sequence = sequence + i;
        if (how_ == sending::single) {
            value.sent_wall_ns = wall_ns();
            write_stamp(0, value);
            if (sendto(socket, vectors_[0].iov_base, vectors_[0].iov_len, MSG_DONTWAIT,
                       reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0) {
                ++refused_;
            }
            continue;
        }
        if (queued_ == batch_max) flush(socket);
        names_[queued_] = to;
        messages_[queued_].msg_hdr.msg_name = &names_[queued_];
        messages_[queued_].msg_hdr.msg_namelen = sizeof to;
        write_stamp(queued_++, value);
    }
    if (how_ == sending::segmented && count > 1) {
        send_segmented(socket, &to, queued_);
        queued_ = 0;
    }
}

void sender::flush(int socket) {
    send_slots(socket, queued_);
    queued_ = 0;
}

}  // namespace turn_load
