#include "receiver.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <time.h>

#include <cstring>

namespace turn_load {
namespace {

constexpr std::size_t datagram_bytes = 2048;
constexpr std::size_t superframe_bytes = 65536;
constexpr std::size_t control_bytes = 128;

}  // namespace

receiver::receiver(receiver_options options)
    : options_(options),
      slot_bytes_(options.gro ? superframe_bytes : datagram_bytes),
      buffers_(options.batch * slot_bytes_),
      controls_(options.batch * control_bytes),
      vectors_(options.batch),
      messages_(options.batch) {
    for (std::size_t i = 0; i < options.batch; ++i) {
        vectors_[i] = {buffers_.data() + i * slot_bytes_, slot_bytes_};
        messages_[i].msg_hdr.msg_iov = &vectors_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
    }
}

int receiver::receive_batch(int socket) {
    if (options_.gro || options_.timestamps) {
        for (std::size_t i = 0; i < messages_.size(); ++i) {
            messages_[i].msg_hdr.msg_control = controls_.data() + i * control_bytes;
            messages_[i].msg_hdr.msg_controllen = control_bytes;
        }
    }
    const int count =
        recvmmsg(socket, messages_.data(), static_cast<unsigned>(messages_.size()), MSG_DONTWAIT, nullptr);
    return count < 0 ? 0 : count;
}

receiver::ancillary receiver::read_ancillary(std::size_t index) {
    ancillary result;
    if (!options_.gro && !options_.timestamps) return result;
    auto& header = messages_[index].msg_hdr;
    for (auto* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
        if (each->cmsg_level == SOL_UDP && each->cmsg_type == UDP_GRO) {
            int size = 0;
            std::memcpy(&size, CMSG_DATA(each), sizeof size);
            result.segment_bytes = static_cast<std::size_t>(size);
        } else if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_TIMESTAMPNS) {
            timespec time{};
            std::memcpy(&time, CMSG_DATA(each), sizeof time);
            result.wall_ns = static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
        }
    }
    return result;
}

}  // namespace turn_load
