/// The converter of documents. It runs in a program of its own (`conf-convert`), so that nothing of what
/// strangers upload is opened in the server's process.
#pragma once

#include <conf/export.hpp>
#include <conf/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// What this machine can convert.
struct converter_abilities {
    bool documents = false;  ///< PDF, pictures and text: the sandbox works, and poppler and librsvg are there
    bool office = false;     ///< LibreOffice is there, too
    bool overlay = false;    ///< qpdf is there: annotations over the pages of a PDF
    std::vector<std::string> problems;  ///< sentences for the operator: what is missing, and its package

    friend bool operator==(const converter_abilities&, const converter_abilities&) = default;
};

/// Looks for the tools and starts the sandbox once. Blocks for a moment. Thread: any.
[[nodiscard]] CONF_EXPORT converter_abilities check_converter();

/// Runs one job, a line of JSON, and writes its events as lines of JSON to the descriptor `events`; blocks
/// until it ends. Whatever a job says, a tool sees only the job's own file, has no network, and runs for
/// limited time.
///
/// @param cancel  a descriptor: the job ends early when its other end is closed or anything comes from it;
/// -1: none.
/// @return whether the job was done; why not was its last event.
/// Thread: any; several jobs may run at once.
CONF_EXPORT bool run_conversion(std::string_view job, int events, int cancel);

/// The same for a job that stands in the first line of `requests`, whose end cancels it.
CONF_EXPORT bool run_conversion_from(int requests, int events);

struct converter_socket {
    std::string path;  ///< of a stream socket in the file system; one that a dead converter left is replaced
    unsigned jobs_at_once = 2;  ///< more wait
};

/// Takes jobs from a socket, one a connection, of this user and root alone, until `stop` can be read.
/// @return the error of a system call that ended it, or that kept it from beginning.
CONF_EXPORT result<void> serve_conversions(const converter_socket& at, int stop);

}  // namespace conf::inline v0
