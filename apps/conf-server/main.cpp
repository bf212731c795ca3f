// The whole server.
#include "common/process.hpp"
#include "common/program.hpp"
#include "conf-server/pages.hpp"

#include <string>

namespace {

/// What no configuration says: the pages; the converter beside us; and for the relay, where the operator gave
/// no secret, one by which it knows the credentials of our own pages. It lasts as long as the process: a
/// reload must not invalidate what was handed out.
class additions {
public:
    void operator()(conf::server_options& options, const conf::log_sink& log) {
#ifdef CONF_HAS_PAGES
        options.http.pages = conf::apps::pages();
#endif
        if (options.documents.converter.empty())
            options.documents.converter = conf::apps::path_beside("conf-convert");
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
                            .complete = additions()});
}
