"""Where tests have their files: in memory where there is much of it; a disk takes ten times as long for a database.

Nothing is lost by it that a test is about: what is killed is processes, and what they wrote outlasts them there too.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED = 6 * 2**30  # bytes: twice what the tests take at most


def is_ample() -> bool:
    """Return whether there is a disk in memory, programs may be run from it, and neither is short."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK | os.X_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return False
    [available] = re.findall(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.M)
    return min(shutil.disk_usage(MEMORY).free, int(available) * 1024) >= NEEDED


def use() -> None:
    """Have temporary files there, in this process and those that it begins, where nobody has named another folder."""
    if "TMPDIR" not in os.environ and is_ample():
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
