"""How fast and in how much memory an export is imported, and whether kills in the middle lose anything.

    python bench/import_tickets.py --tickets 50000 --kills 20

An export of made-up tickets, four entries each, every fifth with a file, is imported into a new desk on
SQLite by `intake import tickets`, which is killed so often with SIGKILL; then both sides are counted, and a
second run must add nothing.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

CONFIG = """[desk]
name = Bench
address = help@desk.example
data = {data}
[smtp]
host = 127.0.0.1
port = 1
security = none
[mailbox support]
type = lmtp
address = help@desk.example
"""


def command(config: Path, folder: Path, *more: str) -> list[str]:
    """Return the command line of one import."""
    return [
        sys.executable,
        "-m",
        "intake.cli",
        "--config",
        str(config),
        "import",
        "tickets",
        str(folder),
        *more,
    ]


def peak_mb(pid: int) -> float:
    """Return the most memory that a running process has had, 0 where it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def killed(config: Path, folder: Path, after: float) -> tuple[bool, float]:
    """Import, and kill it after some seconds; return whether it was through before, and its peak memory."""
    process = subprocess.Popen(
        command(config, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    ends, peak = time.monotonic() + after, 0.0
    while time.monotonic() < ends and process.poll() is None:
        peak = max(peak, peak_mb(process.pid))
        time.sleep(0.02)
    through = process.poll() is not None
    if not through:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    return through, peak


def measured(line: list[str]) -> tuple[dict[str, Any], float, float]:
    """Run a command that prints JSON; return that, the seconds it took and its peak memory."""
    began, peak = time.monotonic(), 0.0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(line, stdout=out, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            peak = max(peak, peak_mb(process.pid))
            time.sleep(0.05)
        took = time.monotonic() - began
        out.seek(0)
        report: dict[str, Any] = json.loads(out.read())
    return report, took, peak


def main() -> None:
    """Run it, print the figures; ends with 1 where anything is missing or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=50_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument(
        "--each", type=float, default=2.0, help="Seconds before a kill, half of them at the least."
    )
    asked = parser.parse_args()

    from imports import exports

    from intake.key_file import signing_keys

    with tempfile.TemporaryDirectory(prefix="import-") as name:
        place = Path(name)
        config, folder = place / "intake.ini", place / "old"
        config.write_text(CONFIG.format(data=place / "data"), encoding="utf-8")
        config.chmod(0o600)
        (place / "data").mkdir(mode=0o700)
        signing_keys(place / "data")
        exports.export(folder, asked.tickets)
        kills, peak, began = 0, 0.0, time.monotonic()
        for number in range(asked.kills):
            through, high = killed(config, folder, asked.each * (0.5 + (number * 7 % 10) / 10))
            kills, peak = kills + (not through), max(peak, high)
        first, rest, high = measured(command(config, folder, "--json"))
        took, peak = time.monotonic() - began, max(peak, high)
        second, again, _ = measured(command(config, folder, "--json"))
        lines = {(line["year"], line["kind"]): line for line in second["table"]}
        wrong = [line for line in lines.values() if line["difference"]]
        print(
            json.dumps(
                {
                    "tickets": asked.tickets,
                    "entries": sum(
                        line["imported"] for line in lines.values() if line["kind"] not in ("ticket", "file")
                    ),
                    "kills": kills,
                    "seconds": round(took, 1),
                    "last_run": {"tickets": first["tickets"], "seconds": round(rest, 1)},
                    "second_run": {
                        "added": second["tickets"] + second["entries"],
                        "seconds": round(again, 1),
                    },
                    "peak_mb": round(peak),
                    "equal": first["equal"] and second["equal"],
                    "differences": wrong,
                },
                indent=1,
            )
        )
    sys.exit(bool(wrong or second["tickets"] or second["entries"] or not second["equal"]))


if __name__ == "__main__":
    main()
