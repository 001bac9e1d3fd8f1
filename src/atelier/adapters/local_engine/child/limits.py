"""The walls around the child, put up before it reads a single byte of an image."""

import ctypes
import os
import resource
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1


def confine(*, memory: int, cpu_seconds: int, file_bytes: int, parent: int) -> None:
    """Bound memory, processor time and files for good, and die with the parent."""
    walls = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CORE: 0,
    }
    for wall, height in walls.items():
        resource.setrlimit(wall, (height, height))
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)


def usage() -> dict[str, object]:
    """What this process has used so far."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return {"peak_rss": _peak_rss(), "cpu_seconds": round(spent.ru_utime + spent.ru_stime, 3)}


def _peak_rss() -> int:
    """From the kernel's own page: `ru_maxrss` still counts the caller that this process was forked from."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
