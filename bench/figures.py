"""Keeping figures in docs/benchmarks.md: each benchmark has a block there, between comments with its name."""

import os
import platform
import re
import time
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def where() -> str:
    """Return what was measured on, and how busy it was: the benchmark itself counts into its load."""
    busy = f"load average {os.getloadavg()[2]:.1f}, the benchmark's own included"
    return f"{os.cpu_count()} cores, {busy}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"


def write(name: str, text: str, page: Path = PAGE) -> None:
    """Put `text` into the block `name`. Raises LookupError when the page has no such block."""
    old = page.read_text(encoding="utf-8")
    block = f"<!-- {name} -->\n{text}\n<!-- /{name} -->"
    new, count = re.subn(rf"<!-- {name} -->.*<!-- /{name} -->", lambda _: block, old, flags=re.DOTALL)
    if count != 1:
        raise LookupError(f"{page} has {count} blocks for {name}")
    page.write_text(new, encoding="utf-8")
