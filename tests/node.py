"""Run the Node.js that Playwright's package brings, so that tests of pure JavaScript need no other."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import playwright

NODE = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")

if __name__ == "__main__":
    os.execv(NODE, [str(NODE), *sys.argv[1:]])
