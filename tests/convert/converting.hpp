/// A job as a test runs it, with the events that it made.
#pragma once

#include "libconf/convert/files.hpp"
#include "libconf/convert/job.hpp"
#include "libconf/convert/sandbox.hpp"
#include "libconf/documents/picture.hpp"
#include "tests/net/temp_folder.hpp"

#include <conf/convert.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace conf::test {

/// Whether the machine lets the sandbox be. Where not (a chroot, a container), what is left to see is that
/// nothing is converted and the reason is said; tests return behind that.
[[nodiscard]] inline bool has_sandbox() {
    static const std::string problem = convert::sandbox_problem();
    if (problem.empty()) return true;
    CHECK(problem.find("in a sandbox only") != std::string::npos);
    WARN("no sandbox on this machine, so only the refusal was tried: " + problem);
    return false;
}

struct conversion {
    bool done = false;
    std::vector<convert::any_event> events;

    template <class Event>
    [[nodiscard]] std::vector<Event> all() const {
        std::vector<Event> made;
        for (const auto& one : events) {
            if (const auto* const event = std::get_if<Event>(&one)) made.push_back(*event);
        }
        return made;
    }
    /// Of a job that failed: "too_many_pages".
    [[nodiscard]] std::string code() const {
        const auto problems = all<documents::problem>();
        return problems.empty() ? "" : std::string(to_string(problems.back().code));
    }
};

[[nodiscard]] inline conversion run_job(const std::string& job, int cancel = -1) {
    const convert::descriptor events(memfd_create("events", MFD_CLOEXEC));
    conversion made;
    made.done = run_conversion(job, events.get(), cancel);
    std::string text(static_cast<std::size_t>(lseek(events.get(), 0, SEEK_END)), '\0');
    REQUIRE(pread(events.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        auto event = convert::read_event(std::string_view(text).substr(at, end - at));
        REQUIRE(event);
        made.events.push_back(std::move(*event));
        at = end + 1;
    }
    return made;
}

/// A folder with one upload in it, and one for what becomes of it.
struct workplace {
    temp_folder folder;
    std::string out = folder.file("out");

    workplace() { std::filesystem::create_directory(out); }

    [[nodiscard]] conversion pages(const std::string& name, std::string_view content,
                                   const std::string& limits = "{}", int cancel = -1) const {
        const auto in = folder.write("upload", content);
        return run_job(R"({"job":"pages","in":")" + in + R"(","name":")" + name + R"(","out":")" + out +
                           R"(","limits":)" + limits + "}",
                       cancel);
    }
    [[nodiscard]] std::set<std::string> made() const {
        std::set<std::string> names;
        for (const auto& one : std::filesystem::directory_iterator(out)) names.insert(one.path().filename());
        return names;
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        return convert::read_file(out + "/" + name, 100'000'000).value_or("");
    }
};

}  // namespace conf::test
