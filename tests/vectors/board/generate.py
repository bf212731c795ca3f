#!/usr/bin/env python3
"""Writes the vectors of this folder: a second implementation of libconf/whiteboard/PROTOCOL.md and OUTLINE.md, made from
those pages alone, for the C++ core and the browser to agree with. The same files each time."""

import json
import math
import pathlib
import random

HERE = pathlib.Path(__file__).parent

# name: (number, wire, kind); the table of PROTOCOL.md, section 8
PROPERTIES = {
    "index": (1, 1, "text"), "parent": (2, 1, "id"), "locked": (3, 0, "flag"), "x": (4, 0, "signed"),
    "y": (5, 0, "signed"), "rotation": (6, 0, "angle"), "width": (7, 0, "length"), "height": (8, 0, "length"),
    "colour": (9, 0, "colour"), "stroke_width": (10, 0, "length"),
    "dash": (11, 0, ["solid", "dashed", "dotted"]), "fill": (12, 0, ["none", "half", "solid"]),
    "fill_colour": (13, 0, "colour"), "opacity": (14, 0, "whole"), "points": (15, 1, "points"),
    "text": (16, 1, "text"), "lines": (17, 1, "text"), "font": (18, 0, ["sans", "serif", "mono"]),
    "font_size": (19, 0, "length"), "align": (20, 0, ["start", "middle", "end"]),
    "figure": (21, 0, ["diamond", "triangle", "trapezoid", "rhombus", "pentagon", "hexagon", "octagon", "star",
                       "arrow_left", "arrow_right", "arrow_up", "arrow_down", "cross_box", "check_box", "cloud"]),
    "start_head": (22, 0, ["none", "arrow", "triangle", "dot", "bar"]),
    "end_head": (23, 0, ["none", "arrow", "triangle", "dot", "bar"]),
    "start_binding": (24, 1, "binding"), "end_binding": (25, 1, "binding"), "asset": (26, 1, "text"),
    "stamp": (27, 0, ["check", "cross", "star", "heart", "question", "exclamation", "plus", "minus"]),
    "title": (28, 1, "text"), "radius": (29, 0, "length"), "meta": (30, 1, "text"),
}
DEFAULTS = {"locked": False, "x": 0, "y": 0, "rotation": 0, "width": 0, "height": 0, "colour": "#1d1d1f",
            "stroke_width": 4, "dash": "solid", "fill": "none", "fill_colour": "#ffe58a", "opacity": 100, "text": "",
            "font": "sans", "font_size": 32, "align": "start", "figure": "diamond", "start_head": "none",
            "end_head": "arrow", "stamp": "check", "title": "", "radius": 0}
TYPES = ["pen", "highlighter", "rectangle", "ellipse", "polygon", "line", "arrow", "text", "note", "stamp", "image",
         "group", "frame"]


# -- the wire, section 4 ----------------------------------------------------------------------------------------

def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value):
    return number(2 * value if value >= 0 else -2 * value - 1)


def blob(data):
    return number(len(data)) + data


def sixteenths(units):
    return math.floor(abs(units) * 16 + 0.5) * (1 if units >= 0 else -1)


def points(items, pressures=None):
    """items: whole sixteenths; pressures: bytes of points 0, 4, 8, ..."""
    out = bytearray(number(2 * len(items) + (pressures is not None)))
    before = last = (0, 0)
    for at, (x, y) in enumerate(items):
        out += signed(x - (2 * last[0] - before[0])) + signed(y - (2 * last[1] - before[1]))
        if pressures is not None and at % 4 == 0:
            out.append(pressures[at // 4])
        before, last = ((x, y) if at == 0 else last), (x, y)
    return bytes(out)


def points_of_json(rows):
    return points([(sixteenths(row[0]), sixteenths(row[1])) for row in rows],
                  [row[2] for at, row in enumerate(rows) if at % 4 == 0] if len(rows[0]) > 2 else None)


def value(kind, what):
    if kind == "flag":
        return number(int(what))
    if isinstance(kind, list):
        return number(kind.index(what))
    return {
        "whole": lambda: number(what),
        "colour": lambda: number(int(what[1:], 16)),
        "length": lambda: number(sixteenths(what)),
        "signed": lambda: signed(sixteenths(what)),
        "angle": lambda: signed(round(what * 4096)),
        "text": lambda: blob(what.encode()),
        "id": lambda: blob(bytes.fromhex(what)),
        "points": lambda: blob(points_of_json(what)),
        "binding": lambda: blob(bytes.fromhex(what["shape"]) + number(what["x"]) + number(what["y"])),
    }[kind]()


def properties(values):
    """None: back to the default."""
    rows = sorted((PROPERTIES[name] + (what,)) for name, what in values.items())
    out = bytearray(number(len(rows)))
    for key, wire, kind, what in rows:
        out += number(key * 4 + (2 if what is None else wire))
        if what is not None:
            out += value(kind, what)
    return bytes(out)


def shape(what):
    return (bytes.fromhex(what["id"]) + number(TYPES.index(what["type"]) + 1) + number(what["author"])
            + number(what["last_author"]) + number(what["created"]) + number(what["updated"] - what["created"])
            + number(what["version"]) + properties({k: v for k, v in what.items() if k in PROPERTIES}))


def ops(items):
    out = bytearray(number(len(items)))
    for one in items:
        kind = ["put", "patch", "remove", "restore"].index(one["op"]) + 1
        out += number(kind)
        if kind == 4:
            out += shape(one["shape"])
            continue
        out += bytes.fromhex(one["id"])
        if kind == 1:
            out += number(TYPES.index(one["type"]) + 1)
        if kind < 3:
            out += properties(one["properties"])
    return bytes(out)


# -- the reducer, section 5 -------------------------------------------------------------------------------------

def plain(values):
    return {k: v for k, v in values.items() if v is not None and (k not in DEFAULTS or DEFAULTS[k] != v)}


def reduce(changes):
    shapes = {}
    for one in changes:
        for op in one["ops"]:
            there = shapes.get(op.get("id") or op["shape"]["id"])
            if op["op"] == "put" and there is None:
                shapes[op["id"]] = {"id": op["id"], "type": op["type"], "author": one["author"],
                                    "last_author": one["author"], "created": one["time"], "updated": one["time"],
                                    "version": one["sequence"], **plain(op["properties"])}
            if op["op"] == "restore" and there is None:
                shapes[op["shape"]["id"]] = {**op["shape"], "version": one["sequence"]}
            if op["op"] == "patch" and there is not None:
                kept = {k: v for k, v in there.items() if k not in op["properties"]}
                shapes[op["id"]] = {**kept, **plain(op["properties"]), "last_author": one["author"],
                                    "updated": max(one["time"], there["created"]), "version": one["sequence"]}
            if op["op"] == "remove" and there is not None:
                del shapes[op["id"]]
    order = sorted(shapes.values(), key=lambda s: (s["index"].encode(), bytes.fromhex(s["id"])))
    heads = ["id", "type", "author", "last_author", "created", "updated", "version"]
    rows = [{k: s[k] for k in heads + sorted(set(s) - set(heads), key=lambda k: PROPERTIES[k][0])} for s in order]
    return {"page": changes[0]["page"], "sequence": changes[-1]["sequence"], "shapes": rows}


# -- the outline, OUTLINE.md ------------------------------------------------------------------------------------

COS, SIN = 0.9238795325112867, 0.3826834323650898


def plus(v):
    return (v[0] * COS - v[1] * SIN, v[0] * SIN + v[1] * COS)


def minus(v):
    return (v[0] * COS + v[1] * SIN, v[1] * COS - v[0] * SIN)


def unit(v):
    length = math.sqrt(v[0] * v[0] + v[1] * v[1])
    return (v[0] / length, v[1] / length)


def normal(v):
    return (-v[1], v[0])


def dot(a, b):
    return a[0] * b[0] + a[1] * b[1]


def pressure_at(at, pressures):
    a, part = pressures[at // 4], at % 4
    b = pressures[at // 4 + 1] if at // 4 + 1 < len(pressures) else a
    return (a * (4 - part) + b * part) / 4 / 255


def weights(items, pressures, size):
    kept = [at for at in range(len(items)) if at == 0 or items[at] != items[at - 1]]
    q = [(items[at][0] / 16, items[at][1] / 16) for at in kept]
    for _ in range(2):
        q = [q[n] if n in (0, len(q) - 1) else
             ((q[n - 1][0] + (q[n][0] + q[n][0]) + q[n + 1][0]) * 0.25,
              (q[n - 1][1] + (q[n][1] + q[n][1]) + q[n + 1][1]) * 0.25) for n in range(len(q))]
    if pressures is not None:
        return q, [pressure_at(at, pressures) for at in kept]
    u = [0.5]
    for n in range(1, len(q)):
        dx, dy = q[n][0] - q[n - 1][0], q[n][1] - q[n - 1][1]
        t = 1 - min(1.0, math.sqrt(dx * dx + dy * dy) / (4 * size))
        u.append(u[-1] + min(max(t - u[-1], -0.08), 0.08))
    return q, u


def thin(q, u, size):
    kept = [0]
    for n in range(1, len(q)):
        dx, dy = q[n][0] - q[kept[-1]][0], q[n][1] - q[kept[-1]][1]
        if dx * dx + dy * dy >= (size * 0.25) * (size * 0.25):
            kept.append(n)
    if kept[-1] != len(q) - 1:
        if len(kept) > 1:
            kept.pop()
            kept.append(len(q) - 1)
        elif q[-1] != q[0]:
            kept.append(len(q) - 1)
    return [q[n] for n in kept], [u[n] for n in kept]


def radii(q, u, pressed, size):
    r = [(size * 0.5) * (0.5 + w if pressed else 0.75 + 0.5 * w) for w in u]
    if not pressed and len(q) > 1:
        along = [0.0]
        for n in range(1, len(q)):
            dx, dy = q[n][0] - q[n - 1][0], q[n][1] - q[n - 1][1]
            along.append(along[-1] + math.sqrt(dx * dx + dy * dy))
        taper = min(along[-1] / 3, 3 * size)
        for n in range(len(q)):
            t = min(along[n], along[-1] - along[n]) / taper
            if t < 1:
                r[n] = r[n] * (0.3 + 0.7 * (t * (2 - t)))
    return [max(one, 0.125) for one in r]


def outline(items, pressures, size):
    q, u = thin(*weights(items, pressures, size), size)
    r = radii(q, u, pressures is not None, size)

    def whole(x, y):
        return [math.floor(100 * x + 0.5), math.floor(100 * y + 0.5)]

    def add(n, v):
        return whole(q[n][0] + v[0] * r[n], q[n][1] + v[1] * r[n])

    def take(n, v):
        return whole(q[n][0] - v[0] * r[n], q[n][1] - v[1] * r[n])

    if len(q) == 1:
        v, ring = (1.0, 0.0), []
        for _ in range(16):
            ring.append(add(0, v))
            v = plus(v)
        return ring
    e = [unit((q[n + 1][0] - q[n][0], q[n + 1][1] - q[n][1])) for n in range(len(q) - 1)]
    a, b = [], []

    def both(n, v):
        a.append(add(n, v))
        b.append(take(n, v))

    both(0, normal(e[0]))
    for n in range(1, len(q) - 1):
        before, after = e[n - 1], e[n]
        if dot(before, after) >= 0:
            both(n, normal(unit((before[0] + after[0], before[1] + after[1]))))
            continue
        both(n, normal(before))
        on_a = before[0] * after[1] - before[1] * after[0] <= 0
        target, v = normal(after), normal(before)
        for _ in range(8):
            turned = minus(v) if on_a else plus(v)
            if dot(turned, target) <= dot(v, target):
                break
            (a if on_a else b).append(add(n, turned) if on_a else take(n, turned))
            v = turned
        both(n, target)
    both(len(q) - 1, normal(e[-1]))

    def cap(n, v):
        ring = []
        for _ in range(7):
            v = minus(v)
            ring.append(add(n, v))
        return ring

    begin = normal(e[0])
    return a + cap(len(q) - 1, normal(e[-1])) + b[::-1] + cap(0, (-begin[0], -begin[1]))


def hundredths(n):
    text = f"{abs(n) // 100}"
    part = f"{abs(n) % 100:02}".rstrip("0")
    return ("-" if n < 0 else "") + text + ("." + part if part else "")


def path(ring):
    def spot(p):
        return f"{hundredths(p[0])} {hundredths(p[1])}"

    def middle(p, q):
        return [(p[0] + q[0] + 1) // 2, (p[1] + q[1] + 1) // 2]

    text = "M" + spot(middle(ring[-1], ring[0]))
    for n, p in enumerate(ring):
        text += f"Q{spot(p)} {spot(middle(p, ring[(n + 1) % len(ring)]))}"
    return text + "Z"


# -- what is written --------------------------------------------------------------------------------------------

def hand(rng, count, speed=80, jitter=3):
    """A hand that wanders: whole sixteenths."""
    x = y = 0.0
    angle, items = rng.random() * 6, []
    for _ in range(count):
        items.append((round(x + rng.uniform(-jitter, jitter)), round(y + rng.uniform(-jitter, jitter))))
        angle += rng.uniform(-0.4, 0.4)
        x, y = x + speed * math.cos(angle), y + speed * math.sin(angle)
    return items


def strokes():
    rng = random.Random(5)
    rows = [
        ("a point", [(160, 160)], None, 4), ("a point three times", [(160, 160)] * 3, None, 4),
        ("a point, pressed hard", [(0, 0)], [255], 8), ("two points", [(0, 0), (320, 0)], None, 4),
        ("two points nearer than the thinning", [(0, 0), (4, 4)], None, 16),
        ("three points, the last too near", [(0, 0), (1600, 0), (1604, 4)], None, 8),
        ("there and back", [(0, 0), (800, 0), (1600, 0), (800, 0), (0, 0)], None, 4),
        ("back to where it began, having gone nowhere", [(0, 0), (8, 0), (0, 0)], None, 16),
        ("the same, pressed", [(160, 80), (160, 90), (170, 90), (160, 80)], [200], 16),
        ("a sharp turn one way", [(0, 0), (1600, 0), (0, 400)], None, 8),
        ("a sharp turn the other way", [(0, 0), (1600, 0), (0, -400)], None, 8),
        ("upwards", [(0, 0), (0, -1600), (16, -3200)], None, 2),
        ("below zero", [(-1600, -1600), (-800, -1608), (-16, -1590)], [10], 4),
    ]
    for n in range(24):
        count = rng.choice([5, 17, 60, 200])
        items = hand(rng, count, rng.choice([4, 40, 120, 400]), rng.choice([0, 2, 20]))
        pressed = rng.random() < 0.5
        pressures = [rng.randrange(256) for _ in range((count + 3) // 4)] if pressed else None
        rows.append((f"hand {n}", items, pressures, rng.choice([0.25, 1, 4, 7.5, 32])))
    return rows


def outlines():
    made = []
    for why, items, pressures, size in strokes():
        ring = outline(items, pressures, size)
        made.append({"why": why, "points": items, "pressures": pressures, "stroke_width": size, "outline": ring,
                     "path": path(ring)})
    return made


def codings():
    return [{"why": why, "points": items, "pressures": pressures, "hex": points(items, pressures).hex()}
            for why, items, pressures, _ in strokes()]


def indices():
    big = "z" * 27
    between = [(None, None, "a0"), ("a0", None, "a1"), (None, "a0", "Zz"), ("a0", "a1", "a0V"), ("a0", "a0V", "a0G"),
               ("a0V", "a1", "a0l"), ("a0", "a2", "a1"), ("az", None, "b00"), ("Zz", "a0", "ZzV"), (None, "Zz", "Zy"),
               ("bzz", None, "c000"), ("a0", "a0G", "a08"), (None, "Y00", "Xzzz"), (big, None, big + "V"),
               ("a0G", "a0V", "a0O"), ("a9", "aA", "a9V")]
    return {"between": [{"a": a, "b": b, "key": key} for a, b, key in between],
            "many": [{"a": "a0", "b": "a1", "keys": ["a08", "a0G", "a0V", "a0l"]},
                     {"a": None, "b": None, "keys": ["a0", "a1", "a2"]},
                     {"a": None, "b": "a0", "keys": ["Zx", "Zy", "Zz"]}],
            "invalid": ["", "a", "0", "a00", "a0V0", "a-", "b0", "A" + 26 * "0", "zz", "a0 ", "é0"],
            "valid": ["a0", "Zz", "a0V", "b00", "A" + 25 * "0" + "1", "A" + 26 * "0" + "V", "z" * 27]}


def an_id(n):
    return f"{0x1000 + n:016x}"


def samples():
    """One put of each type, with most properties."""
    return [
        ("pen", {"x": 100, "y": 80.5, "points": [[0, 0, 128], [3, 1], [9, 4], [20, 4.0625]], "colour": "#ff0000"}),
        ("highlighter", {"x": 10, "y": 500, "points": [[0, 0], [300, -4]], "stroke_width": 24, "colour": "#ffff00"}),
        ("rectangle", {"x": 200, "y": 100, "width": 320, "height": 200.5, "radius": 12, "fill": "half",
                       "fill_colour": "#00ff00", "dash": "dashed", "rotation": 0.5, "opacity": 80}),
        ("ellipse", {"x": 600, "y": 100, "width": 100, "height": 50, "fill": "solid", "rotation": -0.25}),
        ("polygon", {"x": 720, "y": 100, "width": 100, "height": 100, "figure": "star", "dash": "dotted"}),
        ("line", {"x": 40, "y": 300, "points": [[0, 0], [100, 50], [200, 0]], "stroke_width": 2}),
        ("arrow", {"x": 0, "y": 0, "points": [[0, 0], [400, 400]], "start_head": "dot", "end_head": "triangle",
                   "start_binding": {"shape": an_id(2), "x": 512, "y": 1024},
                   "end_binding": {"shape": an_id(3), "x": 0, "y": 512}}),
        ("text", {"x": 900, "y": 50, "width": 200, "text": "Grüße & <b>мир</b>\nline", "font": "serif", "font_size": 20,
                  "align": "middle", "lines": "Grüße &\n<b>мир</b>\nline"}),
        ("note", {"x": 900, "y": 300, "width": 200, "height": 200, "text": "שלום עולם 🙂",
                  "fill_colour": "#a0e0ff"}),
        ("stamp", {"x": 1200, "y": 60, "width": 64, "height": 64, "stamp": "heart", "colour": "#c00000"}),
        ("image", {"x": 1200, "y": 300, "width": 160, "height": 90, "asset": "asset_1", "title": "a photo"}),
        ("group", {"title": "two things"}),
        ("frame", {"x": 50, "y": 600, "width": 400, "height": 150, "title": "Frame \"1\""}),
    ]


def logs():
    rng = random.Random(7)
    first = []
    for n, (kind, values) in enumerate(samples()):
        first.append({"sequence": n + 1, "author": 1 + n % 3, "time": 1_700_000_000_000 + 40 * n, "document": 1, "page": 1,
                      "ops": [{"op": "put", "id": an_id(n), "type": kind,
                               "properties": {"index": f"a{n}" if n < 10 else f"aA{'BCDE'[n - 10]}", **values}}]})
    then = [
        [{"op": "patch", "id": an_id(2), "properties": {"parent": an_id(11), "opacity": 100}},
         {"op": "patch", "id": an_id(3), "properties": {"parent": an_id(11), "x": 640.0625, "rotation": None}}],
        [{"op": "patch", "id": an_id(7), "properties": {"text": "anew", "lines": None, "locked": True}}],
        [{"op": "remove", "id": an_id(4)}, {"op": "patch", "id": an_id(4), "properties": {"x": 1}}],
        [{"op": "put", "id": an_id(0), "type": "pen", "properties": {"index": "a5V", "points": [[1, 1]]}}],
        [{"op": "patch", "id": an_id(9), "properties": {"index": "Zz", "stamp": None}}],
        [{"op": "restore", "shape": {"id": an_id(4), "type": "polygon", "author": 2, "last_author": 2,
                                     "created": 1_700_000_000_160, "updated": 1_700_000_000_160, "version": 5, "index": "a4",
                                     "parent": an_id(12), "x": 400, "y": 650, "width": 100, "height": 100,
                                     "figure": "star"}}],
    ]
    for n, items in enumerate(then):
        first.append({"sequence": 20 + 2 * n, "author": 3, "time": 1_700_000_001_000 - 300 * n, "document": 1, "page": 1,
                      "ops": items})
    many, ids = [], []
    for n in range(400):
        roll = rng.random()
        if roll < 0.4 or not ids:
            ids.append(an_id(1000 + n))
            items = [[x / 16, y / 16] for x, y in hand(rng, rng.randrange(1, 30))]
            one = {"op": "put", "id": ids[-1], "type": rng.choice(["pen", "highlighter"]),
                   "properties": {"index": f"a{rng.choice('0123456789ABCXYZabcxyz')}{rng.choice('1VGOlz')}",
                                  "x": n, "points": items}}
        elif roll < 0.85:
            one = {"op": "patch", "id": rng.choice(ids),
                   "properties": dict(rng.sample([("x", rng.randrange(-500, 500) / 4), ("y", None), ("colour", "#0000ff"),
                                                  ("opacity", rng.randrange(101)), ("stroke_width", 4), ("title", "t")], 2))}
        else:
            one = {"op": "remove", "id": rng.choice(ids)}
        many.append({"sequence": n + 1, "author": rng.randrange(1, 5), "time": 1_700_000_000_000 + n,
                     "document": 2, "page": 3, "ops": [one]})
    return [{"why": why, "changes": [change_frame(one).hex() for one in changes], "page": reduce(changes)}
            for why, changes in (("every type, and each kind of op", first), ("many strokes", many))]


def change_frame(one):
    return (b"\x11" + number(one["sequence"]) + number(one["author"]) + number(one["time"]) + number(one["document"])
            + number(one["page"]) + ops(one["ops"]))


def frames():
    rng = random.Random(9)
    stroke = [(x, y) for x, y in hand(rng, 8)]
    put = [{"op": "put", "id": an_id(1), "type": "rectangle", "properties": {"x": -3.5, "width": 100, "height": 20}}]
    body = properties({"colour": "#102030", "x": 12})
    live = points(stroke[:2], [200])
    # What the coder says of all is what it says of the first two, and then of the others.
    rest = points(stroke, [200, 90])[len(points(stroke[:2], [200])):]
    client = [
        ("change", {"number": 7, "gesture": 3, "document": 1, "page": 2, "ops": put},
         b"\x11" + number(7) + number(3) + number(1) + number(2) + ops(put)),
        ("live_begin", {"slot": 0, "document": 1, "page": 2, "id": an_id(5), "type": "pen",
                        "properties": {"colour": "#102030", "x": 12}, "points": stroke[:2], "pressures": [200]},
         b"\x12" + number(0) + number(1) + number(2) + bytes.fromhex(an_id(5)) + number(1) + body + blob(live)),
        ("live_points", {"slot": 0, "after": 2, "points": stroke[2:], "pressures": [90]}, b"\x13\x00" + rest),
        ("live_end", {"slot": 1}, b"\x14\x01"),
        ("pointer", {"kind": "gone"}, b"\x15"),
        ("pointer", {"kind": "cursor", "x": 300, "y": -5}, b"\x15\x01" + signed(300) + signed(-5)),
        ("pointer", {"kind": "laser", "x": 0, "y": 1200}, b"\x15\x02" + signed(0) + signed(1200)),
        ("view", {"x": -10.5, "y": 0, "width": 1440, "height": 810},
         b"\x17" + signed(-168) + signed(0) + number(1440 * 16) + number(810 * 16)),
    ]
    last = logs()[0]["page"]["shapes"][:2]
    pointers = b"\x15" + number(1) + number(2) + number(4) + b"\x01" + signed(1) + signed(2) + number(300) + b"\x00"
    state = (b"\x18" + number(1) + number(2) + number(99) + number(3) + number(2) + shape(last[0]) + shape(last[1])
             + number(1) + bytes.fromhex(an_id(77)))
    server = [
        ("change", {"sequence": 9, "author": 4, "time": 1_700_000_000_000, "document": 1, "page": 2, "ops": put},
         change_frame({"sequence": 9, "author": 4, "time": 1_700_000_000_000, "document": 1, "page": 2, "ops": put})),
        ("live_begin", {"author": 4, "slot": 0, "document": 1, "page": 2, "id": an_id(5), "type": "pen",
                        "properties": {"colour": "#102030", "x": 12}, "points": stroke[:2], "pressures": [200]},
         b"\x12" + number(4) + number(0) + number(1) + number(2) + bytes.fromhex(an_id(5)) + number(1) + body + blob(live)),
        ("live_points", {"author": 4, "slot": 0, "after": 2, "points": stroke[2:], "pressures": [90]},
         b"\x13\x04\x00" + rest),
        ("live_end", {"author": 4, "id": an_id(5)}, b"\x14\x04" + bytes.fromhex(an_id(5))),
        ("pointers", {"document": 1, "page": 2, "all": [{"author": 4, "kind": "cursor", "x": 1, "y": 2},
                                                       {"author": 300, "kind": "gone"}]}, pointers),
        ("view", {"document": 1, "page": 2, "x": -10.5, "y": 0, "width": 1440, "height": 810},
         b"\x17\x01\x02" + signed(-168) + signed(0) + number(1440 * 16) + number(810 * 16)),
        ("state", {"document": 1, "page": 2, "sequence": 99, "whole": True, "last": True, "shapes": last,
                   "removed": [an_id(77)]}, state),
        ("verdict", {"number": 7, "outcome": "commit", "sequence": 9}, b"\x19\x07\x00\x09"),
        ("verdict", {"number": 8, "outcome": "discard", "sequence": 9, "reason": 2}, b"\x19\x08\x01\x09\x02"),
        ("verdict", {"number": 9, "outcome": "rebase", "sequence": 10, "ops": put}, b"\x19\x09\x02\x0a" + ops(put)),
    ]
    batch = b"\x1f" + blob(server[2][2]) + blob(pointers)
    return {"client": [{"name": n, "message": m, "hex": h.hex()} for n, m, h in client],
            "server": [{"name": n, "message": m, "hex": h.hex()} for n, m, h in server],
            "batch": {"hex": batch.hex(), "messages": [server[2][2].hex(), pointers.hex()]}}


def write(name, what):
    rows = what if isinstance(what, list) else [what]
    text = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    (HERE / name).write_text(f"[\n{text}\n]\n" if isinstance(what, list) else text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("outline.json", outlines())
    write("points.json", codings())
    write("fractional_index.json", indices())
    write("frames.json", frames())
    write("log.json", logs())
