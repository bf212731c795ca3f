"""Servers and loads as children of a bench."""

import ctypes
import os
import signal

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    pass


def settle_in(cores, insist):
    """What a child does before it becomes the server or the load.

    It dies with us, takes its cores and, if asked, the right of way: of its scheduling group too, as a nice
    value by itself only counts among the processes of one session.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if cores:
        os.sched_setaffinity(0, cores)
    if insist:
        os.setsid()
        try:
            os.nice(-20)
            with open("/proc/self/autogroup", "w") as group:
                group.write("-20")
        except OSError:
            pass  # not root, or no such groups in this kernel
