"""What machine a bench ran on, and what else that was busy with."""

import os
import platform
import time


def first_line(path, default=""):
    try:
        with open(path) as text:
            return text.readline().strip()
    except OSError:
        return default


class Pressure:
    """How disturbed the machine was between two moments."""

    def __init__(self):
        self.start = self.read()

    @staticmethod
    def read():
        pressure = first_line("/proc/pressure/cpu")
        waited = int(pressure.rsplit("total=", 1)[1]) / 1e6 if "total=" in pressure else 0.0
        jiffies = [int(word) for word in first_line("/proc/stat").split()[1:9]]
        return time.monotonic(), waited, sum(jiffies), jiffies[7]

    def result(self):
        now = self.read()
        seconds = max(now[0] - self.start[0], 1e-3)
        return {"cpu_some": round((now[1] - self.start[1]) / seconds, 4),
                "steal": round((now[3] - self.start[3]) / max(now[2] - self.start[2], 1), 4),
                "load_average": float(first_line("/proc/loadavg", "0").split()[0])}


def machine():
    with open("/proc/cpuinfo") as text:
        model = next((line.split(":", 1)[1].strip() for line in text if line.startswith("model name")), "?")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "memory_mib": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
            "rmem_max": int(first_line("/proc/sys/net/core/rmem_max", "0")),
            "wmem_max": int(first_line("/proc/sys/net/core/wmem_max", "0")),
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
