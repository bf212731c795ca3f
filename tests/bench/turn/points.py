"""What is measured: one row a point. A new measurement is a new row here, not new code."""

from dataclasses import dataclass, field, replace

# The highest part of coturn's CPU a packet that we allow ourselves.
RUNS_LIMIT = 0.5        # an allocation's packets come in runs: 1 and 10 clients, bursts of 32
SCATTERED_LIMIT = 0.65  # every packet belongs to another allocation: 100 and 1000 clients

CROWDS = ((1, 32), (10, 32), (100, 1), (1000, 1))
KINDS = ("channel", "indication")
PAYLOADS = (160, 1200)


@dataclass(frozen=True)
class Point:
    name: str
    mode: str                       # paced, closed, search or allocate: turn_load's --mode
    options: dict = field(default_factory=dict)
    threads: int = 1
    fresh: bool = False             # a new server process for every run
    limit: float | None = None      # cpu: part of coturn's
    latency: bool = False           # claims the latency too
    lossless: bool = False          # claims that nothing is lost
    repetitions: int | None = None  # None: as many as the command line says

    def arguments(self):
        words = ["--mode", self.mode]
        for name, value in self.options.items():
            words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
        return words


def traffic_options(kind, payload, crowd):
    return {"kind": kind, "payload": payload, "clients": crowd[0], "burst": crowd[1]}


def limit_of(crowd):
    return RUNS_LIMIT if crowd[1] > 1 else SCATTERED_LIMIT


def cpu_points():
    for kind in KINDS:
        for payload in PAYLOADS:
            for crowd in CROWDS:
                base = traffic_options(kind, payload, crowd)
                name = f"{kind}/{payload}/{crowd[0]}"
                limit = limit_of(crowd)
                yield Point(f"cpu/{name}/50k", "paced", base | {"rate": 50000, "latency": True}, limit=limit,
                            latency=True)
                yield Point(f"cpu/{name}/full", "closed", base, limit=limit)


def direction_points():
    for crowd in ((10, 32), (1000, 1)):
        for direction in ("up", "down"):
            options = traffic_options("channel", 1200, crowd) | {"direction": direction}
            yield Point(f"cpu/channel/1200/{crowd[0]}/full/{direction}", "closed", options,
                        limit=limit_of(crowd))


def whole_run_points():
    # The client's run reaches the server in one piece, as after a network card that coalesces. Reported only.
    for payload in PAYLOADS:
        base = traffic_options("channel", payload, (10, 32)) | {"gso": True}
        yield Point(f"gso/channel/{payload}/10/50k", "paced", base | {"rate": 50000}, repetitions=3)
        yield Point(f"gso/channel/{payload}/10/full", "closed", base, repetitions=3)


def rate_points():
    for kind in KINDS:
        for payload in PAYLOADS:
            for crowd in CROWDS:
                base = traffic_options(kind, payload, crowd)
                name = f"rate/{kind}/{payload}/{crowd[0]}"
                yield Point(name, "search", base, repetitions=1)
                if crowd == (10, 32):  # where single sends may end the load's strength before the server's
                    yield Point(f"{name}/gso", "search", base | {"gso": True}, repetitions=1)


def burst_points():
    for kind in KINDS:
        for payload in PAYLOADS:
            for crowd in ((1, 32), (10, 32)):
                options = traffic_options(kind, payload, crowd) | {"rate": 150000}
                yield Point(f"burst/{kind}/{payload}/{crowd[0]}", "paced", options, lossless=True,
                            repetitions=3)


def syscall_points():
    # Counting costs the server time, so these runs count for nothing else.
    for payload in PAYLOADS:
        for crowd in CROWDS:
            yield Point(f"syscalls/channel/{payload}/{crowd[0]}/full", "closed",
                        traffic_options("channel", payload, crowd) | {"syscalls": True}, repetitions=1)
    for crowd in CROWDS:
        options = traffic_options("channel", 1200, crowd) | {"rate": 50000, "syscalls": True}
        yield Point(f"syscalls/channel/1200/{crowd[0]}/50k", "paced", options, repetitions=1)


def thread_points():
    # Both cores are the server's, and the load shares one of them.
    for crowd in ((10, 32), (1000, 1)):
        for threads in (1, 2):
            options = traffic_options("channel", 1200, crowd) | {"rate": 50000}
            yield Point(f"threads/{threads}/channel/1200/{crowd[0]}", "paced", options, threads=threads,
                        repetitions=3)


def full_points():
    yield from cpu_points()
    yield from direction_points()
    yield from whole_run_points()
    yield from burst_points()
    yield Point("allocate/10000", "allocate", {"clients": 10000}, fresh=True, repetitions=3)
    yield from thread_points()
    yield from syscall_points()
    yield from rate_points()


def quick_points():
    """A few seconds that show that the bench works and that a slow load loses nothing. Judges no speed."""
    slow = {"rate": 4000, "latency": True}
    few = traffic_options("channel", 160, (10, 32))
    many = traffic_options("indication", 1200, (100, 1))
    rows = (
        Point("quick/channel/160/10", "paced", few | slow, lossless=True),
        Point("quick/indication/1200/100", "paced", many | slow, lossless=True),
        Point("quick/gso/channel/1200/1", "paced",
              traffic_options("channel", 1200, (1, 32)) | {"rate": 4000, "gso": True}, lossless=True),
        Point("quick/closed/channel/160/10", "closed", few),
        Point("quick/allocate/500", "allocate", {"clients": 500}, fresh=True),
    )
    for row in rows:
        yield replace(row, repetitions=1)
