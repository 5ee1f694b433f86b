"""mypy over all of it, as `make lint` runs it: what pyproject.toml lists, and queue/ and cli.py.

These two lie beside the package and are installed inside it, as intake.queue and intake.cli. mypy goes by
where a file lies and would take them for others: nothing that is imported from them had a type. Here it is
told their names.
"""

import sys
import time
from pathlib import Path

from mypy import main
from mypy.fscache import FileSystemCache
from mypy.modulefinder import BuildSource

ROOT = Path(__file__).resolve().parent.parent


def placed() -> dict[str, Path]:
    """Return the files that are installed elsewhere than they lie, by the names of their modules."""
    queue = {f"intake.queue.{path.stem}": path for path in sorted((ROOT / "queue").glob("*.py"))}
    return {"intake.cli": ROOT / "cli.py", **queue}


def check() -> int:
    """Check all types, print what is wrong; return 1 if anything is."""
    files = FileSystemCache()
    sources, options = main.process_options(["--config-file", str(ROOT / "pyproject.toml")], fscache=files)
    for source in sources:
        # tests/cli is no part of cli.py.
        source.module = (
            source.module.replace("cli.", "tests.cli.") if source.module.startswith("cli.") else source.module
        )
    # A module is first looked for among those that are named.
    options.fast_module_lookup = True
    sources += [BuildSource(str(path.relative_to(ROOT)), name) for name, path in placed().items()]
    _, messages, _ = main.run_build(sources, options, files, time.time(), sys.stdout, sys.stderr)
    if not messages:
        print(f"Success: no issues found in {len(sources)} source files")
    return int(bool(messages))


if __name__ == "__main__":
    sys.exit(check())
