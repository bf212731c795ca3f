#include "libconf/whiteboard/outline.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

// This file is compiled without fused multiplications (CMakeLists.txt): the browser has none.
namespace conf::boards {
namespace {

struct vec {
    double x = 0;
    double y = 0;

    bool operator==(const vec&) const = default;
};

// An eighth of half a circle.
constexpr double turn_cosine = 0.9238795325112867;
constexpr double turn_sine = 0.3826834323650898;
constexpr int turns_in_half_circle = 8;
constexpr double radius_least = 0.125;

vec turned_plus(vec v) {
    return {v.x * turn_cosine - v.y * turn_sine, v.x * turn_sine + v.y * turn_cosine};
}
vec turned_minus(vec v) {
    return {v.x * turn_cosine + v.y * turn_sine, v.y * turn_cosine - v.x * turn_sine};
}
vec normal_of(vec v) {
    return {-v.y, v.x};
}
double dot(vec a, vec b) {
    return a.x * b.x + a.y * b.y;
}
vec unit_of(vec v) {
    const double length = std::sqrt(v.x * v.x + v.y * v.y);
    return {v.x / length, v.y / length};
}

struct knot {
    vec at;
    double weight = 0;
    double radius = 0;
};

/// Steps 1 to 3.
std::vector<knot> weighted(const point_list& stroke, double size) {
    std::vector<knot> all;
    all.reserve(stroke.all.size());
    for (std::size_t n = 0; n < stroke.all.size(); ++n) {
        if (n > 0 && stroke.all[n] == stroke.all[n - 1]) continue;
        const auto& p = stroke.all[n];
        all.push_back({{static_cast<double>(p.x) / 16, static_cast<double>(p.y) / 16},
                       stroke.pressed ? stroke.pressure_at(n) : 0.5,
                       0});
    }
    for (int pass = 0; pass < 2; ++pass) {
        vec before = all.empty() ? vec{} : all.front().at;
        for (std::size_t n = 1; n + 1 < all.size(); ++n) {
            const auto it = all[n].at;
            const auto after = all[n + 1].at;
            all[n].at = {(before.x + (it.x + it.x) + after.x) * 0.25,
                         (before.y + (it.y + it.y) + after.y) * 0.25};
            before = it;
        }
    }
    if (stroke.pressed) return all;
    for (std::size_t n = 1; n < all.size(); ++n) {
        const vec d{all[n].at.x - all[n - 1].at.x, all[n].at.y - all[n - 1].at.y};
        const double distance = std::sqrt(d.x * d.x + d.y * d.y);
        const double target = 1 - std::min(1.0, distance / (4 * size));
        const double u = all[n - 1].weight;
        all[n].weight = u + std::clamp(target - u, -0.08, 0.08);
    }
    return all;
}

/// Step 4.
std::vector<knot> thinned(const std::vector<knot>& all, double size) {
    std::vector<knot> kept;
    const double least = (size * 0.25) * (size * 0.25);
    bool last_kept = false;
    for (const auto& one : all) {
        last_kept = kept.empty();
        if (!kept.empty()) {
            const vec d{one.at.x - kept.back().at.x, one.at.y - kept.back().at.y};
            last_kept = d.x * d.x + d.y * d.y >= least;
        }
        if (last_kept) kept.push_back(one);
    }
    if (last_kept) return kept;
    if (kept.size() > 1) {
        kept.pop_back();
    } else if (kept.front().at == all.back().at) {
        return kept;
    }
    kept.push_back(all.back());
    return kept;
}

/// Steps 5 and 6.
void give_radii(std::vector<knot>& knots, double size, bool pressed) {
    for (auto& one : knots) {
        one.radius = (size * 0.5) * (pressed ? 0.5 + one.weight : 0.75 + 0.5 * one.weight);
    }
    if (!pressed && knots.size() > 1) {
        std::vector<double> along(knots.size(), 0);
        for (std::size_t n = 1; n < knots.size(); ++n) {
            const vec d{knots[n].at.x - knots[n - 1].at.x, knots[n].at.y - knots[n - 1].at.y};
            along[n] = along[n - 1] + std::sqrt(d.x * d.x + d.y * d.y);
        }
        const double length = along.back();
        const double taper = std::min(length / 3, 3 * size);
        for (std::size_t n = 0; n < knots.size(); ++n) {
            const double t = std::min(along[n], length - along[n]) / taper;
            if (t < 1) knots[n].radius = knots[n].radius * (0.3 + 0.7 * (t * (2 - t)));
        }
    }
    for (auto& one : knots) one.radius = std::max(one.radius, radius_least);
}

std::int64_t hundredths(double value) {
    return static_cast<std::int64_t>(std::floor(100 * value + 0.5));
}

class outliner {
public:
    explicit outliner(const std::vector<knot>& knots) : knots_(knots) {}

    std::vector<outline_point> run() {
        if (knots_.size() == 1) return circle();
        std::vector<vec> directions;
        for (std::size_t n = 0; n + 1 < knots_.size(); ++n) {
            const auto& a = knots_[n].at;
            const auto& b = knots_[n + 1].at;
            directions.push_back(unit_of({b.x - a.x, b.y - a.y}));
        }
        both(knots_.front(), normal_of(directions.front()));
        for (std::size_t n = 1; n + 1 < knots_.size(); ++n)
            corner(knots_[n], directions[n - 1], directions[n]);
        both(knots_.back(), normal_of(directions.back()));

        auto& outline = side_a_;
        const auto begin = normal_of(directions.front());
        cap(outline, knots_.back(), normal_of(directions.back()));
        outline.insert(outline.end(), side_b_.rbegin(), side_b_.rend());
        cap(outline, knots_.front(), {-begin.x, -begin.y});
        return std::move(outline);
    }

private:
    static outline_point plus(const knot& at, vec v) {
        return {hundredths(at.at.x + v.x * at.radius), hundredths(at.at.y + v.y * at.radius)};
    }
    static outline_point minus(const knot& at, vec v) {
        return {hundredths(at.at.x - v.x * at.radius), hundredths(at.at.y - v.y * at.radius)};
    }
    void both(const knot& at, vec normal) {
        side_a_.push_back(plus(at, normal));
        side_b_.push_back(minus(at, normal));
    }
    void corner(const knot& at, vec in, vec out) {
        if (dot(in, out) >= 0) return both(at, normal_of(unit_of({in.x + out.x, in.y + out.y})));
        both(at, normal_of(in));
        const bool outer_is_a = in.x * out.y - in.y * out.x <= 0;
        const auto target = normal_of(out);
        auto v = normal_of(in);
        for (int n = 0; n < turns_in_half_circle; ++n) {
            const auto next = outer_is_a ? turned_minus(v) : turned_plus(v);
            if (dot(next, target) <= dot(v, target)) break;
            if (outer_is_a) {
                side_a_.push_back(plus(at, next));
            } else {
                side_b_.push_back(minus(at, next));
            }
            v = next;
        }
        both(at, target);
    }
    static void cap(std::vector<outline_point>& to, const knot& at, vec v) {
        for (int n = 1; n < turns_in_half_circle; ++n) {
            v = turned_minus(v);
            to.push_back(plus(at, v));
        }
    }
    std::vector<outline_point> circle() {
        vec v{1, 0};
        for (int n = 0; n < 2 * turns_in_half_circle; ++n) {
            side_a_.push_back(plus(knots_.front(), v));
            v = turned_plus(v);
        }
        return std::move(side_a_);
    }

    const std::vector<knot>& knots_;
    std::vector<outline_point> side_a_;
    std::vector<outline_point> side_b_;
};

std::int64_t middle_of(std::int64_t a, std::int64_t b) {
    return (a + b + 1) >> 1;  // rounded down, below zero too
}

}  // namespace

std::vector<outline_point> outline_of(const point_list& stroke, double stroke_width) {
    const auto all = weighted(stroke, stroke_width);
    if (all.empty()) return {};
    auto knots = thinned(all, stroke_width);
    give_radii(knots, stroke_width, stroke.pressed);
    return outliner(knots).run();
}

std::string path_of(const std::vector<outline_point>& outline) {
    std::string d;
    if (outline.empty()) return d;
    const auto put = [&](std::int64_t x, std::int64_t y) {
        append_hundredths(d, x);
        d += ' ';
        append_hundredths(d, y);
    };
    const auto middle = [](const outline_point& a, const outline_point& b) {
        return outline_point{middle_of(a.x, b.x), middle_of(a.y, b.y)};
    };
    const auto begin = middle(outline.back(), outline.front());
    d += 'M';
    put(begin.x, begin.y);
    for (std::size_t n = 0; n < outline.size(); ++n) {
        const auto& at = outline[n];
        const auto to = middle(at, outline[(n + 1) % outline.size()]);
        d += 'Q';
        put(at.x, at.y);
        d += ' ';
        put(to.x, to.y);
    }
    return d += 'Z';
}

void append_hundredths(std::string& to, std::int64_t value) {
    if (value < 0) to += '-';
    const auto amount = value < 0 ? -value : value;
    to += std::to_string(amount / 100);
    const auto part = amount % 100;
    if (part == 0) return;
    to += '.';
    to += static_cast<char>('0' + part / 10);
    if (part % 10 != 0) to += static_cast<char>('0' + part % 10);
}

}  // namespace conf::boards
