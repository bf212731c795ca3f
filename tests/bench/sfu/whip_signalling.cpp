#include "libconf/sdp/write.hpp"
#include "tests/bench/sfu/http_fetch.hpp"
#include "tests/bench/sfu/signalling.hpp"

#include <stdexcept>

namespace sfu_load {
namespace {

using namespace conf;

class whip final : public signalling {
public:
    whip(std::string base, std::string room) : base_(std::move(base)), room_(std::move(room)) {}

    media::remote_description publish(const media::local_transport& local,
                                      const media::publication& what) override {
        return post("/whip/" + room_ + "/load", media::publish_offer(local, what));
    }
    media::remote_description play(const media::local_transport& local) override {
        return post("/whep/" + room_ + "/load", media::play_offer(local, 1, 1));
    }

private:
    [[nodiscard]] media::remote_description post(const std::string& path, const sdp::session& offer) const {
        media::whip_client client(media::http_url::parse(base_ + path).value());
        auto answer = client.take_post(fetch(client.target(), client.post_request(sdp::write(offer))));
        return media::read_description(answer.value()).value();
    }

    std::string base_;
    std::string room_;
};

}  // namespace

std::unique_ptr<signalling> make_whip(const std::string& base, const std::string& room) {
    return std::make_unique<whip>(base, room);
}

}  // namespace sfu_load
