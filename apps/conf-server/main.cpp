// The whole server.
#include "common/process.hpp"
#include "common/program.hpp"

#include <string>

namespace {

/// Without a secret of the operator the relay still has to know its own pages' credentials. One secret for
/// the life of the process: a reload must not invalidate what was handed out.
class secret_of_this_start {
public:
    void operator()(conf::server_options& options, const conf::log_sink& log) {
        if (options.turn.listen.empty() || !options.turn.secrets.empty()) return;
        options.turn.secrets.push_back(secret_);
        if (said_) return;
        said_ = true;
        log({conf::log_level::info,
             "turn.secret_drawn",
             "turn.secrets is empty, so this start has a random secret of its own",
             {}});
    }

private:
    std::string secret_ = conf::apps::random_secret();
    bool said_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    return conf::apps::run(argc, argv,
                           {.name = "conf-server",
                            .purpose = "A conference server: pages, health, metrics and the TURN relay.",
                            .keeps_data = true,
                            .complete = secret_of_this_start()});
}
