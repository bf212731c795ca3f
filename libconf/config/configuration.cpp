#include <conf/config.hpp>

#include "libconf/config/agreement.hpp"
#include "libconf/config/explain.hpp"
#include "libconf/config/keys.hpp"
#include "libconf/config/limits.hpp"
#include "libconf/config/paths.hpp"
#include "libconf/config/reader.hpp"
#include "libconf/crypto/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

namespace conf::inline v0 {
namespace {

class config_errors final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.config"; }
    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<config_errc>(code)) {
            case config_errc::unreadable: return "the configuration file cannot be read";
            case config_errc::invalid: return "the configuration is wrong";
            case config_errc::unknown_key: return "there is no such key";
        }
        return "unknown configuration error";
    }
};

}  // namespace

const std::error_category& config_category() noexcept {
    static const config_errors instance;
    return instance;
}

std::string config_problem::to_string() const {
    std::string made = file;
    if (line > 0) made += fmt::format(":{}:{}", line, column);
    if (!made.empty()) made += ": ";
    if (!key.empty() && !value.empty()) made += key + " = " + value + ": ";
    if (!key.empty() && value.empty()) made += key + ": ";
    return made + message;
}

struct configuration::impl {
    config::settings values;
    std::string program;
    std::string file;
    std::vector<std::string> warnings;
};

configuration::configuration(std::shared_ptr<const impl> made) : impl_(std::move(made)) {}
configuration::configuration(configuration&&) noexcept = default;
configuration& configuration::operator=(configuration&&) noexcept = default;
configuration::configuration(const configuration&) = default;
configuration& configuration::operator=(const configuration&) = default;
configuration::~configuration() = default;

result<configuration> configuration::load(const std::string& file, const std::vector<std::string>& overrides,
                                          std::string_view program, std::vector<config_problem>& problems) {
    problems.clear();
    config::reader reader(program);
    if (!file.empty()) {
        const auto [text, failure] = config::read_whole_file(file, config::limits::file_bytes);
        if (!failure.empty()) {
            problems.push_back({file, 0, 0, {}, {}, fmt::format("cannot be read: {}", failure)});
            return error(make_error_code(config_errc::unreadable), fmt::format("{}: {}", file, failure));
        }
        const auto folder = std::filesystem::path(config::absolute_path(file, {})).parent_path();
        reader.read_file(file, folder.string(), text);
    }
    for (const auto& setting : overrides) reader.read_override(setting);
    reader.finish();
    if (!reader.problems().empty()) {
        problems = reader.problems();
        return error(make_error_code(config_errc::invalid),
                     fmt::format("{} problem{}", problems.size(), problems.size() == 1 ? "" : "s"));
    }
    auto made = std::make_shared<impl>();
    made->values = reader.values();
    made->program = program;
    made->file = file;
    if (reader.secret_on_command_line()) {
        made->warnings.emplace_back(
            "a secret stands on the command line, where other users and the shell's history may see it: put "
            "it into the "
            "configuration file");
    }
    if (reader.secret_in_file() && config::is_readable_by_everybody(file)) {
        made->warnings.push_back(fmt::format(
            "the configuration file holds secrets and every user may read it: chmod 600 {}", file));
    }
    std::ranges::move(config::warnings_about(made->values, program), std::back_inserter(made->warnings));
    return configuration(std::move(made));
}

server_options configuration::options() const {
    auto made = impl_->values.server;
    made.data.path = data_path();
    made.control.socket = config::control_socket_path(impl_->values, impl_->program);
    made.turn.tls_certificate = made.tls.certificate;
    made.turn.tls_key = made.tls.key;
    made.turn.log_client_addresses = impl_->values.log.client_addresses;
    made.turn.log_least = impl_->values.log.level;
    return made;
}

log_options configuration::log() const {
    return impl_->values.log;
}

std::string configuration::data_path() const {
    return config::data_path(impl_->values, impl_->program);
}

std::vector<config_change> configuration::changes_since(const configuration& before) const {
    std::vector<config_change> made;
    for (const auto& k : config::all_keys()) {
        if (config::current_value(k, impl_->values) == config::current_value(k, before.impl_->values))
            continue;
        made.push_back({std::string(k.name), k.when == config::takes_effect::after_restart});
    }
    return made;
}

std::vector<std::string> configuration::warnings() const {
    return impl_->warnings;
}

std::vector<std::string> configuration::files() const {
    std::vector<std::string> made;
    for (const auto* path :
         {&impl_->file, &impl_->values.server.tls.certificate, &impl_->values.server.tls.key}) {
        if (!path->empty()) made.push_back(config::absolute_path(*path, {}));
    }
    return made;
}

std::string configuration::reference(std::string_view program) {
    return config::reference_text(program,
                                  program == "conf-turn" ? crypto::system_random_secret() : std::string());
}

result<std::string> configuration::explain(std::string_view key) {
    return config::explanation_of(key);
}

std::vector<std::string> configuration::keys() {
    return config::key_names();
}

bool configuration::carries_secret(std::string_view setting) {
    const auto parts = config::split_setting(setting);
    if (!parts.has_value || parts.value.empty()) return false;
    const auto target = config::find_target(parts.key);
    if (target.to != nullptr) return target.to->secret;
    // A section may have a secret inside, an unknown key may be a slip in the name of one.
    return true;
}

}  // namespace conf::inline v0
