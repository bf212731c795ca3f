// The native half of the Python package: conf::server and its meetings, one to one. What is Python about it
// stands in libconf/__init__.py.
#include <conf/server.hpp>
#include <conf/version.hpp>

#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace {

/// Errors become exceptions, with the library's own sentence.
template <class Value>
Value value_of(conf::result<Value> from) {
    if (!from) throw std::runtime_error(from.error().message());
    return std::move(*from);
}

conf::meeting_role role_named(const std::string& name) {
    if (name == "viewer") return conf::meeting_role::viewer;
    if (name == "presenter") return conf::meeting_role::presenter;
    if (name == "moderator") return conf::meeting_role::moderator;
    throw std::invalid_argument("\"" + name + "\" is no role; there are viewer, presenter and moderator");
}

const char* name_of(conf::meeting_role role) {
    switch (role) {
        case conf::meeting_role::viewer: return "viewer";
        case conf::meeting_role::presenter: return "presenter";
        case conf::meeting_role::moderator: return "moderator";
    }
    return "viewer";
}

const char* name_of(conf::meeting_event_kind kind) {
    switch (kind) {
        case conf::meeting_event_kind::came_in: return "came_in";
        case conf::meeting_event_kind::left: return "left";
        case conf::meeting_event_kind::lost: return "lost";
        case conf::meeting_event_kind::came_back: return "came_back";
        case conf::meeting_event_kind::waits: return "waits";
        case conf::meeting_event_kind::renamed: return "renamed";
        case conf::meeting_event_kind::role_changed: return "role_changed";
        case conf::meeting_event_kind::hand: return "hand";
        case conf::meeting_event_kind::source: return "source";
        case conf::meeting_event_kind::message: return "message";
        case conf::meeting_event_kind::ended: return "ended";
    }
    return "ended";
}

conf::pad_right right_named(const std::string& name) {
    if (name == "read") return conf::pad_right::read;
    if (name == "write") return conf::pad_right::write;
    if (name == "manage") return conf::pad_right::manage;
    throw std::invalid_argument("\"" + name + "\" is no right; there are read, write and manage");
}

conf::pad_format format_named(const std::string& name) {
    if (name == "txt") return conf::pad_format::text;
    if (name == "md") return conf::pad_format::markdown;
    if (name == "html") return conf::pad_format::html;
    throw std::invalid_argument("\"" + name + "\" is no format; there are txt, md and html");
}

void must(const conf::result<void>& done) {
    if (!done) throw std::runtime_error(done.error().message());
}

double seconds_of(conf::pad_time from) {
    return std::chrono::duration<double>(from.time_since_epoch()).count();
}

/// Owns the server, and lets go of Python's lock wherever it waits: its threads call back into Python.
class server {
public:
    server(std::vector<std::string> http, std::vector<std::string> media, const std::string& data,
           std::optional<bool> open_rooms, std::vector<std::string> secrets, const std::string& converter) {
        conf::server_options options;
        options.http.listen = std::move(http);
        options.media.listen = std::move(media);
        options.data.path = data;
        options.rooms.open = open_rooms;
        options.rooms.secrets = std::move(secrets);
        options.documents.converter = converter;
        const py::gil_scoped_release free;
        server_ = std::make_unique<conf::server>(value_of(conf::server::create(std::move(options))));
    }
    ~server() { close(); }
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    void close() {
        const py::gil_scoped_release free;
        server_.reset();
    }

    [[nodiscard]] std::vector<std::string> listening() const { return running().listening(); }

    [[nodiscard]] std::string invite(const std::string& room, const std::string& role,
                                     const std::string& name, const std::string& user, std::uint32_t uses,
                                     double life_s) const {
        conf::invitation wanted;
        wanted.room = room;
        wanted.role = role_named(role);
        wanted.name = name;
        wanted.user = user;
        wanted.uses = uses;
        wanted.life = std::chrono::seconds(static_cast<std::int64_t>(life_s));
        const py::gil_scoped_release free;
        return value_of(meetings().invite(wanted));
    }
    void revoke(const std::string& token) const {
        const py::gil_scoped_release free;
        if (const auto done = meetings().revoke(token); !done) {
            throw std::runtime_error(done.error().message());
        }
    }
    [[nodiscard]] std::vector<conf::meeting_person> people(const std::string& room) const {
        const py::gil_scoped_release free;
        return meetings().people(room);
    }
    [[nodiscard]] std::vector<std::string> rooms() const {
        const py::gil_scoped_release free;
        return meetings().rooms();
    }
    void on_event(std::function<void(const conf::meeting_event&)> handler) const {
        const py::gil_scoped_release free;
        meetings().on_event(std::move(handler));
    }
    [[nodiscard]] conf::meetings meetings() const { return running().meetings(); }
    [[nodiscard]] conf::room_pads pads() const { return running().pads(); }

    // Boards: a page is (document, page), shapes are JSON text.
    using page = std::pair<std::uint64_t, std::uint64_t>;
    [[nodiscard]] page add_document(const std::string& room, const std::string& kind,
                                    const std::string& title) const {
        if (kind != "blank" && kind != "infinite")
            throw std::invalid_argument("\"" + kind + "\" is no kind; there are blank and infinite");
        const py::gil_scoped_release free;
        const auto as = kind == "blank" ? conf::board_kind::blank : conf::board_kind::infinite;
        const auto made = value_of(board(room).add_document(as, title));
        return {made.document, made.page};
    }
    [[nodiscard]] std::vector<conf::board_document> documents(const std::string& room) const {
        const py::gil_scoped_release free;
        return value_of(board(room).documents());
    }
    [[nodiscard]] std::vector<std::uint64_t> change(const std::string& room, page at,
                                                    const std::string& ops) const {
        const py::gil_scoped_release free;
        return value_of(board(room).change({at.first, at.second}, ops));
    }
    [[nodiscard]] std::size_t clear(const std::string& room, page at) const {
        const py::gil_scoped_release free;
        return value_of(board(room).clear({at.first, at.second}));
    }
    [[nodiscard]] std::size_t import_excalidraw(const std::string& room, page at,
                                                const std::string& file) const {
        const py::gil_scoped_release free;
        return value_of(board(room).import_excalidraw({at.first, at.second}, file));
    }
    // Files, which become pages.
    [[nodiscard]] std::uint64_t share(const std::string& room, const std::string& name, const py::bytes& file,
                                      double within) const {
        const auto content = static_cast<std::string>(file);
        const py::gil_scoped_release free;
        const auto files = value_of(running().documents(room));
        const auto number = value_of(files.add(name, std::as_bytes(std::span(content))));
        const auto found =
            value_of(files.wait(number, std::chrono::milliseconds(std::llround(1000 * within))));
        if (!found.error.empty()) throw std::runtime_error(name + ": " + found.error);
        return number;
    }
    [[nodiscard]] std::string page_text(const std::string& room, std::uint64_t document,
                                        std::uint32_t at) const {
        const py::gil_scoped_release free;
        return value_of(value_of(running().documents(room)).page_text(document, at));
    }
    [[nodiscard]] py::bytes export_pdf(const std::string& room, std::uint64_t document,
                                       bool annotations) const {
        std::string made;
        {
            const py::gil_scoped_release free;
            made = value_of(
                value_of(running().documents(room)).export_pdf(document, {.annotations = annotations}));
        }
        return {made};
    }
    void remove_document(const std::string& room, std::uint64_t document) const {
        const py::gil_scoped_release free;
        must(value_of(running().documents(room)).remove(document));
    }
    void stage(const std::string& room, page at) const {
        const py::gil_scoped_release free;
        if (const auto done = board(room).stage({at.first, at.second}); !done) {
            throw std::runtime_error(done.error().message());
        }
    }
    [[nodiscard]] std::string page_as(const std::string& room, page at, const std::string& format) const {
        const py::gil_scoped_release free;
        const conf::board_page where{at.first, at.second};
        if (format == "svg") return value_of(board(room).svg(where));
        if (format == "excalidraw") return value_of(board(room).excalidraw(where));
        return value_of(board(room).json(where));
    }

private:
    [[nodiscard]] conf::board board(const std::string& room) const { return value_of(running().board(room)); }

    [[nodiscard]] conf::server& running() const {
        if (!server_) throw std::runtime_error("the server is closed");
        return *server_;
    }

    std::unique_ptr<conf::server> server_;
};

}  // namespace

PYBIND11_MODULE(_libconf, module) {
    module.doc() = "The native half of libconf; use the package.";
    module.attr("version") = std::string(conf::version());

    py::class_<conf::meeting_person>(module, "Person", "Somebody in a meeting, or in its waiting room.")
        .def_readonly("id", &conf::meeting_person::id)
        .def_readonly("name", &conf::meeting_person::name)
        .def_property_readonly("role", [](const conf::meeting_person& self) { return name_of(self.role); })
        .def_readonly("waiting", &conf::meeting_person::waiting)
        .def_readonly("guest", &conf::meeting_person::guest)
        .def_readonly("here", &conf::meeting_person::here)
        .def_readonly("microphone", &conf::meeting_person::microphone)
        .def_readonly("camera", &conf::meeting_person::camera)
        .def_readonly("screen", &conf::meeting_person::screen)
        .def_readonly("hand", &conf::meeting_person::hand)
        .def_readonly("away", &conf::meeting_person::away)
        .def("__repr__", [](const conf::meeting_person& self) {
            return "<Person " + self.name + (self.waiting ? ", waiting>" : ">");
        });

    py::class_<conf::meeting_event>(module, "Event", "Something happened in a meeting.")
        .def_property_readonly("kind", [](const conf::meeting_event& self) { return name_of(self.what); })
        .def_readonly("room", &conf::meeting_event::room)
        .def_readonly("who", &conf::meeting_event::who)
        .def_readonly("name", &conf::meeting_event::name)
        .def_readonly("text", &conf::meeting_event::text)
        .def_readonly("on", &conf::meeting_event::on)
        .def_property_readonly("role", [](const conf::meeting_event& self) { return name_of(self.role); })
        .def("__repr__", [](const conf::meeting_event& self) {
            return std::string("<Event ") + name_of(self.what) + " in " + self.room + ">";
        });

    py::class_<conf::pad_info>(module, "PadInfo", "A pad in the list of its room.")
        .def_readonly("name", &conf::pad_info::name)
        .def_readonly("title", &conf::pad_info::title)
        .def_property_readonly("changed", [](const conf::pad_info& self) { return seconds_of(self.changed); })
        .def_readonly("people", &conf::pad_info::people)
        .def_readonly("locked", &conf::pad_info::locked);
    py::class_<conf::pad_author>(module, "PadAuthor", "Somebody who wrote in a pad.")
        .def_readonly("person", &conf::pad_author::person)
        .def_readonly("name", &conf::pad_author::name)
        .def_readonly("clients", &conf::pad_author::clients);
    py::class_<conf::pad_version>(module, "PadVersion", "What a pad was at one time.")
        .def_readonly("number", &conf::pad_version::number)
        .def_property_readonly("at", [](const conf::pad_version& self) { return seconds_of(self.at); })
        .def_readonly("authors", &conf::pad_version::authors);
    py::class_<conf::board_document>(module, "Document",
                                     "A document of a room: a file, blank pages, or an infinite board.")
        .def_readonly("number", &conf::board_document::number)
        .def_readonly("kind", &conf::board_document::kind)
        .def_readonly("title", &conf::board_document::title)
        .def_readonly("state", &conf::board_document::state)
        .def_property_readonly("pages",
                               [](const conf::board_document& self) {
                                   std::vector<server::page> all;
                                   for (const auto& one : self.pages)
                                       all.emplace_back(one.document, one.page);
                                   return all;
                               })
        .def("__repr__", [](const conf::board_document& self) {
            return "<Document " + std::to_string(self.number) + ", " + self.kind + ", " + self.state + ">";
        });

    const auto no_lock = py::call_guard<py::gil_scoped_release>();
    py::class_<server>(module, "Server")
        .def(py::init<std::vector<std::string>, std::vector<std::string>, const std::string&,
                      std::optional<bool>, std::vector<std::string>, const std::string&>())
        .def("close", &server::close)
        .def("listening", &server::listening)
        .def("invite", &server::invite)
        .def("revoke", &server::revoke)
        .def("people", &server::people)
        .def("rooms", &server::rooms)
        .def("on_event", &server::on_event)
        .def("add_document", &server::add_document)
        .def("documents", &server::documents)
        .def("change", &server::change)
        .def("clear", &server::clear)
        .def("import_excalidraw", &server::import_excalidraw)
        .def("share", &server::share)
        .def("page_text", &server::page_text)
        .def("export_pdf", &server::export_pdf)
        .def("remove_document", &server::remove_document)
        .def("stage", &server::stage)
        .def("page_as", &server::page_as)
        .def(
            "admit",
            [](const server& self, const std::string& room, const std::string& who) {
                self.meetings().admit(room, who);
            },
            no_lock)
        .def(
            "refuse",
            [](const server& self, const std::string& room, const std::string& who) {
                self.meetings().refuse(room, who);
            },
            no_lock)
        .def(
            "set_role",
            [](const server& self, const std::string& room, const std::string& who, const std::string& role) {
                self.meetings().set_role(room, who, role_named(role));
            },
            no_lock)
        .def(
            "remove",
            [](const server& self, const std::string& room, const std::string& who, bool ban) {
                self.meetings().remove(room, who, ban);
            },
            no_lock)
        .def(
            "say",
            [](const server& self, const std::string& room, const std::string& name,
               const std::string& text) { self.meetings().say(room, name, text); },
            no_lock)
        .def(
            "end", [](const server& self, const std::string& room) { self.meetings().end(room); }, no_lock)
        .def(
            "pad_token",
            [](const server& self, const std::string& room, const std::string& pad, const std::string& right,
               const std::string& person, const std::string& name, double life_s) {
                return value_of(
                    self.pads().token({.room = room,
                                       .pad = pad,
                                       .right = right_named(right),
                                       .person = person,
                                       .name = name,
                                       .life = std::chrono::seconds(static_cast<std::int64_t>(life_s))}));
            },
            no_lock)
        .def(
            "pads",
            [](const server& self, const std::string& room) { return value_of(self.pads().list(room)); },
            no_lock)
        .def(
            "pad_read",
            [](const server& self, const std::string& room, const std::string& pad, const std::string& as) {
                return value_of(self.pads().read(room, pad, format_named(as)));
            },
            no_lock)
        .def(
            "pad_write",
            [](const server& self, const std::string& room, const std::string& pad, const std::string& text,
               const std::string& as, bool append, const std::string& person, const std::string& name) {
                const conf::pad_writer by{person, name};
                must(append ? self.pads().append(room, pad, text, format_named(as), by)
                            : self.pads().write(room, pad, text, format_named(as), by));
            },
            no_lock)
        .def(
            "pad_lock",
            [](const server& self, const std::string& room, const std::string& pad, bool on) {
                must(self.pads().lock(room, pad, on));
            },
            no_lock)
        .def(
            "pad_authors",
            [](const server& self, const std::string& room, const std::string& pad) {
                return value_of(self.pads().authors(room, pad));
            },
            no_lock)
        .def(
            "pad_history",
            [](const server& self, const std::string& room, const std::string& pad) {
                return value_of(self.pads().history(room, pad));
            },
            no_lock)
        .def(
            "pad_version",
            [](const server& self, const std::string& room, const std::string& pad, std::uint64_t number,
               const std::string& as) {
                return value_of(self.pads().read_version(room, pad, number, format_named(as)));
            },
            no_lock)
        .def(
            "pad_restore",
            [](const server& self, const std::string& room, const std::string& pad, std::uint64_t number,
               const std::string& person,
               const std::string& name) { must(self.pads().restore(room, pad, number, {person, name})); },
            no_lock);
}
