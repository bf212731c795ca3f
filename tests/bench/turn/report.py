"""Turns runs into a table and into claims that hold or do not."""

import statistics

from claims import Claims


def middle(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def pick(run, path):
    for name in path.split("."):
        if not isinstance(run, dict) or name not in run:
            return None
        run = run[name]
    return run


class Outcome:
    """The runs of one point, by server name, in the order they were made: run i of both belong together.

    Only turns whose runs were all undisturbed count. Where there is none, the disturbed ones show.
    """

    def __init__(self, point, runs):
        self.point = point
        self.runs = runs
        turns = range(min((len(each) for each in runs.values()), default=0))
        clean = [i for i in turns if all(each[i]["clean"] for each in runs.values())]
        self.disturbed = not clean
        self.turns = clean or [i for i in turns if all(each[i]["valid"] for each in runs.values())]
        self.left_out = len(turns) - len(self.turns)

    def used(self, server):
        return [self.runs[server][i] for i in self.turns] if server in self.runs else []

    def values(self, server, path):
        return [value for run in self.used(server) if (value := pick(run, path)) is not None]

    def median(self, server, path):
        return middle(self.values(server, path))

    def best(self, server, path, choose):
        values = self.values(server, path)
        return choose(values) if values else None

    def ratio(self, path):
        """Median of ours to coturn's, pair by pair, so that a slow minute of the machine touches both."""
        pairs = zip(self.used("libconf"), self.used("coturn"))
        return middle([pick(ours, path) / pick(theirs, path) for ours, theirs in pairs
                       if pick(ours, path) and pick(theirs, path)])

    def notes(self):
        reasons = sorted({note for runs in self.runs.values() for run in runs for note in run["notes"]})
        if not reasons:
            return ""
        if not self.turns:
            return "NO RUN COUNTS: " + "; ".join(reasons)
        if self.disturbed:
            return "DISTURBED: " + "; ".join(reasons)
        return f"{self.left_out} left out: " + "; ".join(reasons)


def number(value, form="{:.2f}"):
    return "-" if value is None else form.format(value)


def total_lost(outcome, server):
    return sum(outcome.values(server, "lost"))


def relay_lost(outcome, server):
    """Lost, less what the load's own sockets dropped."""
    return total_lost(outcome, server) - sum(outcome.values(server, "load_drops"))


ROW = "{:<32} {:>9} {:>9} {:>7} {:>7}  {}"


def title():
    return ROW.format("point", "coturn", "libconf", "ratio", "limit", "")


def rows(outcome):
    """The lines of one point."""
    point = outcome.point
    notes = outcome.notes()
    both = ("coturn", "libconf")
    if point.mode == "allocate":
        for path, what, limit in (("cpu_us_an_allocation", "cpu us", 0.5),
                                  ("allocations_per_second", "a second", 2.0),
                                  ("bytes_an_allocation", "bytes", None)):
            form = "{:.1f}" if what == "cpu us" else "{:.0f}"
            values = [number(outcome.median(server, path), form) for server in both]
            yield ROW.format(f"{point.name} {what}", *values, number(outcome.ratio(path)), number(limit),
                             notes)
        return
    if point.mode == "search":
        values = [number(outcome.median(server, "lossless_rate"), "{:.0f}") for server in both]
        limited = [server for server in both if any(outcome.values(server, "load_limited"))]
        if limited:
            notes = "; ".join(filter(None, [notes, "the load could do no more for " + ", ".join(limited)]))
        yield ROW.format(point.name, *values, number(outcome.ratio("lossless_rate")), ">1", notes)
        return
    if point.options.get("syscalls"):
        values = [number(outcome.median(server, "syscalls_a_packet.all")) for server in both]
        yield ROW.format(point.name, *values, number(outcome.ratio("syscalls_a_packet.all")), "", notes)
        for server in both:
            for run in outcome.runs.get(server, [])[:1]:
                calls = {name: value for name, value in run.get("syscalls_a_packet", {}).items()
                         if name != "all" and value >= 0.005}
                yield "    {}: {}".format(server, ", ".join(f"{name} {value:.2f}" for name, value in
                                                            sorted(calls.items(), key=lambda item: -item[1])))
        return
    extra = []
    if point.mode == "closed":
        rates = [outcome.median(server, "delivered_rate") for server in both]
        extra.append("kpps " + " / ".join(number(rate and rate / 1000, "{:.0f}") for rate in rates))
        extra.append("busy " + " / ".join(number(outcome.median(s, "server_busy")) for s in both))
    for server in both:
        if total_lost(outcome, server):
            extra.append(f"{server} lost {total_lost(outcome, server)}"
                         f" (listening {sum(outcome.values(server, 'server_drops.listening'))},"
                         f" relay {sum(outcome.values(server, 'server_drops.relay'))},"
                         f" load {sum(outcome.values(server, 'load_drops'))})")
    values = [number(outcome.median(server, "cpu_us_a_packet")) for server in both]
    yield ROW.format(point.name, *values, number(outcome.ratio("cpu_us_a_packet")), number(point.limit),
                     "; ".join(extra + ([notes] if notes else [])))
    if point.options.get("latency"):
        for path, choose in (("p50", statistics.median), ("p99", min)):
            values = [number(outcome.best(server, f"latency_us.{path}", choose), "{:.1f}") for server in both]
            yield ROW.format(f"    latency {path} us", *values, "", "", "")


class Comparison(Claims):
    def compare(self, outcome, what, ours, theirs, holds):
        """Adds a claim once both numbers are there; a number that is missing is a failure of its own."""
        if ours is None or theirs is None or outcome.disturbed:
            self.add(f"{outcome.point.name}: {what}: cannot be said ({outcome.notes() or 'no run'})", False)
        else:
            self.add(f"{outcome.point.name}: {what}", holds(ours, theirs))


def claim(outcomes, claims):
    """What issue, README and CHANGELOG promise, point by point. Needs both servers."""
    by_name = {outcome.point.name: outcome for outcome in outcomes}
    for outcome in outcomes:
        point = outcome.point
        if point.limit is not None:
            ratio = outcome.ratio("cpu_us_a_packet")
            claims.compare(outcome, f"CPU a packet {number(ratio)} of coturn's, at most {point.limit}", ratio,
                           point.limit, lambda ours, most: ours <= most)
        if point.latency:
            ours, theirs = (outcome.best(server, "latency_us.p99", min) for server in ("libconf", "coturn"))
            text = f"p99 latency {number(ours, '{:.1f}')} us, coturn {number(theirs, '{:.1f}')} us"
            claims.compare(outcome, text, ours, theirs, lambda a, b: a <= b)
        if point.mode == "search":
            ours, theirs = (outcome.median(server, "lossless_rate") for server in ("libconf", "coturn"))
            limited = any(outcome.values("libconf", "load_limited"))
            text = (f"{number(ours, '{:.0f}')} packets/s without loss, "
                    f"{'all the load can do, ' if limited else ''}coturn {number(theirs, '{:.0f}')}")
            # Where the load ends before us, all that can be shown is that we do not end before coturn.
            claims.compare(outcome, text, ours, theirs,
                           lambda a, b, limited=limited: a > b or (limited and a * SEARCH_PRECISION >= b))
        if point.mode == "allocate" and not point.name.startswith("quick/"):
            ours = outcome.median("libconf", "bytes_an_allocation")
            claims.compare(outcome, f"{number(ours, '{:.0f}')} bytes an allocation, at most 8192", ours, 8192,
                           lambda a, most: a <= most)
            ratio = outcome.ratio("cpu_us_an_allocation")
            claims.compare(outcome, f"CPU an allocation {number(ratio)} of coturn's, at most 0.5", ratio, 0.5,
                           lambda a, most: a <= most)
            ratio = outcome.ratio("allocations_per_second")
            claims.compare(outcome, f"{number(ratio)} times coturn's allocations/s, at least 2", ratio, 2,
                           lambda a, least: a >= least)
        if point.name.startswith("threads/2/"):
            one = by_name.get("threads/1/" + point.name.removeprefix("threads/2/"))
            alone = one.median("libconf", "cpu_us_a_packet") if one else None
            two = outcome.median("libconf", "cpu_us_a_packet")
            text = f"CPU a packet {number(two)} us with two relay threads, {number(alone)} with one"
            claims.compare(outcome, text, two, alone, lambda a, b: a <= b * THREADS_TOLERANCE)
    claim_lossless(outcomes, claims)


SEARCH_PRECISION = 1.04   # of turn_load's search
THREADS_TOLERANCE = 1.15  # two runs of one server on shared cores differ by as much


def claim_lossless(outcomes, claims):
    for outcome in outcomes:
        runs = outcome.runs.get("libconf", [])
        if not outcome.point.lossless or not runs:
            continue
        counted = len(outcome.values("libconf", "lost"))
        text = f"{outcome.point.name}: lost {relay_lost(outcome, 'libconf')} in {counted} runs, none allowed"
        claims.add(text, counted > 0 and relay_lost(outcome, "libconf") == 0)


def claim_works(outcomes, claims, servers):
    """Quick mode: every run ended and delivered what it should, whoever the server is."""
    for outcome in outcomes:
        for server in servers:
            runs = outcome.runs.get(server, [])
            broken = [note for run in runs for note in run.get("notes", []) if "error" in run]
            spoilt = sum(outcome.values(server, "malformed"))
            text = f"{outcome.point.name}: {server} works" + (f" ({'; '.join(broken)})" if broken else "")
            claims.add(text, bool(runs) and not broken and spoilt == 0)
    claim_lossless(outcomes, claims)
