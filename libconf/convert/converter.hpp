/// One job from its line to its last event.
#pragma once

#include "libconf/convert/job.hpp"
#include "libconf/convert/tools.hpp"

#include <optional>

namespace conf::convert {

/// Each runs its job and tells `sink` how far it is, but not how it ended.
/// @return what went wrong; then nothing of the job is left in its folder.
[[nodiscard]] std::optional<documents::problem> run(const pages_job& job, const event_sink& sink, int cancel);
[[nodiscard]] std::optional<documents::problem> run(const picture_job& job, const event_sink& sink,
                                                    int cancel);
[[nodiscard]] std::optional<documents::problem> run(const export_job& job, const event_sink& sink,
                                                    int cancel);
[[nodiscard]] std::optional<documents::problem> run(const text_job& job, const event_sink& sink, int cancel);

/// By LibreOffice, into `out`/source.ENDING of the target; `file` is called source.`ending` for it.
struct office_step {
    std::string file;
    std::string ending;
    std::string target;          ///< "pdf"
    std::string filter{};        ///< of the target, where its name alone is not enough
    std::string input_filter{};  ///< where the ending alone is not enough
};
[[nodiscard]] std::optional<documents::problem> run_office(const office_step& step, const std::string& out,
                                                           const job_clock& clock);

/// SVG files, in order, as the pages of one PDF: `out`/`name`.
[[nodiscard]] std::optional<documents::problem> run_drawings(const std::vector<std::string>& files,
                                                             const std::string& out, const std::string& name,
                                                             const job_clock& clock);

}  // namespace conf::convert
