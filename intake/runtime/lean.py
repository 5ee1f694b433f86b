"""What a process never needs is not loaded: its memory is spent on every desk, whatever it does.

peewee and huey load each driver that is installed, at 11 and 6 MB a process (measured), where a desk
in a file uses neither.
"""

import sys

from intake.config.sections import Settings

# Other desks' databases are read by `intake import convert` alone; peewee would load this too, and
# cryptography with it.
_OF_IMPORTS = ("pymysql", "MySQLdb")


def leave_out(settings: Settings) -> None:
    """Have the drivers that these settings need not be as if they were not installed.

    To the end of this process, and only what was not loaded before. For a process that serves
    one desk by one config.
    """
    for name in unneeded(settings):
        # What Python itself reads as: there is none of that name.
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def unneeded(settings: Settings) -> tuple[str, ...]:
    """Return the libraries that a desk of these settings has no use for."""
    database = ("psycopg", "psycopg2") if _in_file(settings.store.url) else ()
    jobs = ("redis",) if _in_file(settings.queue.url) else ()
    return (*database, *jobs, *_OF_IMPORTS)


def _in_file(url: str) -> bool:
    return url.startswith("sqlite:")
