// How `document_host` has files converted, drawn and exported.
#include "libconf/host/document_host_parts.hpp"

#include "libconf/documents/file_kind.hpp"
#include "libconf/documents/page_image.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/signalling/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace conf::host {
namespace {

using documents::problem_code;
using signalling::json_writer;

std::string pages_job(const std::string& in, const std::string& name, const std::string& out,
                      const documents::limits& within) {
    json_writer to;
    to.begin_object()
        .name("job")
        .value("pages")
        .name("in")
        .value(in)
        .name("name")
        .value(name)
        .name("out")
        .value(out);
    to.name("limits")
        .begin_object()
        .name("bytes")
        .value(within.bytes_max)
        .name("pages")
        .value(within.pages_max);
    to.name("pixels").value(within.pixels_max).name("seconds").value(within.job_time.count()).end_object();
    to.end_object();
    return std::move(to).take();
}

std::string picture_job(const std::string& in, std::uint32_t page, std::uint32_t width,
                        const std::string& out) {
    json_writer to;
    to.begin_object().name("job").value("picture").name("in").value(in).name("page").value(page);
    to.name("width").value(width).name("out").value(out).end_object();
    return std::move(to).take();
}

std::string export_job(const std::string& source, const document_export& wanted, const std::string& folder) {
    json_writer to;
    to.begin_object().name("job").value("export").name("out").value(folder).name("format");
    to.value(wanted.as == document_export::format::png ? "png" : "pdf").name("width").value(wanted.width_px);
    to.name("pages").begin_array();
    std::size_t number = 0;
    for (const auto& page : wanted.pages) {
        ++number;
        to.begin_object();
        if (!page.drawing.empty()) to.name("drawing").value(fmt::format("{}/drawing-{}.svg", folder, number));
        if (page.page > 0) to.name("document").value(source).name("page").value(page.page);
        if (page.page == 0) {
            to.name("width").value(static_cast<std::int64_t>(page.width));
            to.name("height").value(static_cast<std::int64_t>(page.height));
        }
        to.end_object();
    }
    to.end_array().end_object();
    return std::move(to).take();
}

std::string text_job(const std::string& in, std::string_view format, const std::string& folder) {
    json_writer to;
    to.begin_object().name("job").value("text").name("in").value(in).name("format").value(format);
    to.name("out").value(folder).end_object();
    return std::move(to).take();
}

bool write_drawings(const std::string& folder, const document_export& wanted) {
    std::size_t number = 0;
    for (const auto& page : wanted.pages) {
        ++number;
        if (page.drawing.empty()) continue;
        std::ofstream to(fmt::format("{}/drawing-{}.svg", folder, number), std::ios::binary);
        to << page.drawing;
        if (!to.flush()) return false;
    }
    return true;
}

}  // namespace

void document_host::handle(const std::string& room, document_number of,
                           const documents::conversion_news& news) {
    auto& in = enter(room);
    in.files.handle(of, news, in.out);
    finish_turn(in);
}

void document_host::report(const std::string& content, const documents::conversion_news& news) {
    const auto found = active_.find(content);
    if (found == active_.end()) return;
    for (const auto& [room, document] : std::vector(found->second.for_whom)) handle(room, document, news);
}

void document_host::end(const std::string& content, const documents::conversion_news& news) {
    const auto found = active_.find(content);
    if (found == active_.end()) return;
    const auto for_whom = std::move(found->second.for_whom);
    active_.erase(found);
    for (const auto& [room, document] : for_whom) handle(room, document, news);
}

void document_host::start(const std::string& room, const documents::conversion_job& job) {
    auto& work = active_[job.content];
    work.for_whom.emplace_back(room, job.document);
    if (work.for_whom.size() > 1) {
        // Somebody else's upload of the same: what is made already is told behind this turn.
        around_.loop.post([alive = self_, room, document = job.document, made = work.made] {
            if (*alive == nullptr) return;
            auto& self = **alive;
            if (!made.ending.empty()) self.handle(room, document, documents::kind_found{made.ending});
            if (!made.papers.empty()) self.handle(room, document, documents::pages_found{made.papers});
            for (const auto& page : made.pages) self.handle(room, document, page);
        });
        return;
    }
    on_disk([files = files_, content = job.content,
             room] { return files.hold(content, room) ? files.work_folder(content) : std::string(); },
            [this, content = job.content, name = job.name](const std::string& folder) {
                begin(content, name, folder);
            });
}

void document_host::begin(const std::string& content, const std::string& name, const std::string& folder) {
    const auto found = active_.find(content);
    if (found == active_.end()) {  // cancelled meanwhile
        disk_->run([files = files_, content] { files.drop_work(content); });
        return;
    }
    if (folder.empty())
        return end(content, documents::conversion_failed{plain_problem(problem_code::failed)});
    found->second.job = jobs_.add(
        pages_job(files_.original(content), name, folder, with_.within),
        [this, content](const convert::any_event& event) { take(content, event); },
        [this, content] {
            log(log_level::error, "documents.converter_lost", "the converter went away while it converted");
            disk_->run([files = files_, content] { files.drop_work(content); });
            end(content, documents::conversion_lost{});
        });
    if (found->second.job == 0)
        end(content, documents::conversion_failed{plain_problem(problem_code::queue_full)});
}

void document_host::take(const std::string& content, const convert::any_event& event) {
    const auto found = active_.find(content);
    if (found == active_.end()) return;
    auto& work = found->second;
    if (const auto* const kind = std::get_if<convert::kind_event>(&event)) {
        work.made.ending = kind->ending;
        report(content, documents::kind_found{work.made.ending});
    } else if (const auto* const pages = std::get_if<convert::pages_event>(&event)) {
        for (const auto& one : pages->papers) work.made.papers.push_back({one.width, one.height});
        report(content, documents::pages_found{work.made.papers});
    } else if (const auto* const page = std::get_if<convert::page_event>(&event)) {
        const documents::page_made made{page->page, page->picture, page->missing};
        on_disk(
            [files = files_, content, number = page->page] {
                files.take_over(content, {fmt::format("{}.svg", number), fmt::format("{}.png", number),
                                          fmt::format("{}.txt", number)});
                return true;
            },
            [this, content, made](bool) {
                if (const auto still = active_.find(content); still != active_.end()) {
                    still->second.made.pages.push_back(made);
                }
                report(content, made);
            });
    } else if (std::holds_alternative<convert::done_event>(event)) {
        on_disk([] { return true; },  // behind the last page
                [this, content](bool) {
                    const auto still = active_.find(content);
                    if (still == active_.end()) return;
                    on_disk(
                        [files = files_, content, made = still->second.made] {
                            files.take_over(content, {"document.pdf"});
                            files.drop_work(content);
                            files.finish(content, made);
                            return true;
                        },
                        [this, content](bool) {
                            ++count_.conversions_done;
                            end(content, documents::conversion_done{});
                        });
                });
    } else if (const auto* const why = std::get_if<documents::problem>(&event)) {
        ++count_.conversions_failed;
        if (why->code == problem_code::no_sandbox || why->code == problem_code::tool_missing ||
            why->code == problem_code::failed || why->code == problem_code::disk_full) {
            log(log_level::error, "documents.conversion_failed", why->message);
        }
        // What is for the operator is not for the uploader.
        auto told = why->code == problem_code::no_sandbox || why->code == problem_code::tool_missing
                        ? documents::plain_problem(why->code)
                        : *why;
        on_disk(
            [files = files_, content] {
                files.drop_work(content);
                return true;
            },
            [this, content, told](bool) { end(content, documents::conversion_failed{told}); });
    }
}

void document_host::cancel(const std::string& room, document_number of) {
    for (auto one = active_.begin(); one != active_.end(); ++one) {
        auto& work = one->second;
        if (std::erase(work.for_whom, std::pair(room, of)) == 0) continue;
        if (!work.for_whom.empty()) return;
        jobs_.cancel(work.job);
        disk_->run([files = files_, content = one->first] { files.drop_work(content); });
        active_.erase(one);
        return;
    }
}

std::string document_host::export_document(const std::string& room, document_number which,
                                           document_export wanted, exported done) {
    const auto refuse = [&done](problem_code code) {
        done(plain_problem(code));
        return std::string();
    };
    const auto* const file = find(room, which);
    if (wanted.as == document_export::format::original) {
        if (file == nullptr || file->content.empty()) return refuse(problem_code::broken);
        auto path = fmt::format("/api/v1/rooms/{}/documents/{}/original", room, which);
        done(path);
        return path;
    }
    if (exports_.size() >= exports_max) return refuse(problem_code::queue_full);
    const bool needs_file = std::ranges::any_of(wanted.pages, [](const auto& one) { return one.page > 0; });
    const bool has_file = file != nullptr && file->state == documents::file_state::ready;
    const bool png = wanted.as == document_export::format::png;
    if (needs_file && file != nullptr && file->state < documents::file_state::ready) {
        return refuse(problem_code::not_ready);
    }
    if (wanted.pages.empty() || (needs_file && !has_file) || (png && wanted.pages.size() != 1)) {
        return refuse(problem_code::broken);
    }
    ++count_.exports;
    const auto id = random_name();
    auto& made = exports_[id];
    made.room = room;
    made.ends = net::clock_now() + export_time;
    const auto name = file == nullptr ? std::string("board") : file->name.substr(0, file->name.rfind('.'));
    made.name = name + (png ? ".png" : ".pdf");
    made.media_type = png ? "image/png" : "application/pdf";
    timer_.set(net::clock_now() + std::chrono::minutes(1));
    export_pages(id, file == nullptr ? std::string() : files_.file(file->content, "document.pdf"), wanted,
                 std::move(done));
    return fmt::format("/api/v1/rooms/{}/exports/{}", room, id);
}

void document_host::export_pages(const std::string& id, const std::string& source,
                                 const document_export& wanted, exported done) {
    const auto fail = [this, id, done](const documents::problem& why) {
        disk_->run([files = files_, id] { files.drop_export(id); });
        if (const auto found = exports_.find(id); found != exports_.end()) found->second.why = why;
        done(why);
    };
    on_disk(
        [files = files_, id, wanted] {
            auto folder = files.new_export(id);
            if (folder && !write_drawings(*folder, wanted)) folder.reset();
            return folder;
        },
        [this, id, source, wanted, done, fail](const std::optional<std::string>& folder) {
            if (!folder) return fail(plain_problem(problem_code::disk_full));
            const auto path =
                *folder + (wanted.as == document_export::format::png ? "/1.png" : "/export.pdf");
            const auto job = jobs_.add(
                export_job(source, wanted, *folder),
                [this, id, path, done, fail](const convert::any_event& event) {
                    if (const auto* const why = std::get_if<documents::problem>(&event)) return fail(*why);
                    const auto found = exports_.find(id);
                    if (found == exports_.end() || !std::holds_alternative<convert::done_event>(event))
                        return;
                    found->second.path = path;
                    done(fmt::format("/api/v1/rooms/{}/exports/{}", found->second.room, id));
                },
                [fail] { fail(plain_problem(problem_code::failed)); });
            if (job == 0) fail(plain_problem(problem_code::queue_full));
        });
}

void document_host::convert_text(std::string html, std::string_view format, text_made done) {
    if (html.size() > documents::text_page_bytes_max) return done(plain_problem(problem_code::too_large));
    ++count_.exports;
    const auto id = random_name();
    const auto leave = [this, id, done](const std::variant<std::string, documents::problem>& what) {
        done(what);
        disk_->run([files = files_, id] { files.drop_export(id); });
    };
    on_disk(
        [files = files_, id, html = std::move(html)] {
            auto folder = files.new_export(id);
            if (folder) {
                std::ofstream to(*folder + "/page.html", std::ios::binary);
                to << html;
                if (!to.flush()) folder.reset();
            }
            return folder;
        },
        [this, leave, format = std::string(format)](const std::optional<std::string>& folder) {
            if (!folder) return leave(plain_problem(problem_code::disk_full));
            const auto job = jobs_.add(
                text_job(*folder + "/page.html", format, *folder),
                [leave, made = *folder + "/export." + format](const convert::any_event& event) {
                    if (const auto* const why = std::get_if<documents::problem>(&event)) return leave(*why);
                    if (std::holds_alternative<convert::done_event>(event)) leave(made);
                },
                [leave] { leave(plain_problem(problem_code::failed)); });
            if (job == 0) leave(plain_problem(problem_code::queue_full));
        });
}

void document_host::add_made(const std::string& room, const std::string& name, const std::string& made,
                             added done) {
    struct taken {
        std::string path;
        std::uint64_t bytes = 0;
    };
    on_disk(
        [made, to = files_.new_upload(random_name())]() -> std::optional<taken> {
            std::error_code failed;
            std::filesystem::rename(made, to, failed);
            if (failed) return std::nullopt;
            return taken{to, std::filesystem::file_size(to, failed)};
        },
        [this, room, name, done = std::move(done)](const std::optional<taken>& file) {
            if (file) return add_file(room, {}, name, file->path, file->bytes, done);
            done(conf::error(std::make_error_code(std::errc::no_space_on_device), name));
        });
}

/// Draws a page anew; `done` when it lies beside the others, or could not be drawn.
void document_host::ask_picture(const std::string& content, std::uint32_t page, std::uint32_t width,
                                std::function<void(bool)> done) {
    const auto id = random_name();
    on_disk([files = files_, id] { return files.new_export(id); },
            [this, content, page, width, id, done](const std::optional<std::string>& folder) {
                if (!folder) return done(false);
                const auto leave = [this, id, done](bool made) {
                    disk_->run([files = files_, id] { files.drop_export(id); });
                    done(made);
                };
                const auto take_picture = [this, content, page, width, leave,
                                           from = *folder + "/picture.png"] {
                    on_disk(
                        [from, to = files_.file(content, fmt::format("{}-{}.png", page, width))] {
                            std::error_code failed;
                            std::filesystem::rename(from, to, failed);
                            return !failed;
                        },
                        leave);
                };
                const auto job = jobs_.add(
                    picture_job(files_.file(content, "document.pdf"), page, width, *folder),
                    [leave, take_picture](const convert::any_event& event) {
                        if (std::holds_alternative<documents::problem>(event)) leave(false);
                        if (std::holds_alternative<convert::done_event>(event)) take_picture();
                    },
                    [leave] { leave(false); });
                if (job == 0) leave(false);
            });
}

}  // namespace conf::host
