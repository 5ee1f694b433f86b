"""The desk beside django-helpdesk, on the same mails and the same posts, in one run.

`python bench/beside.py --python PATH` takes the interpreter of an environment in which
django-helpdesk and gunicorn are installed (they are in nobody's lock: this is a comparison).
Both get the mixed load of `load.py` from Dovecot over IMAP and send to a sink; then 200 KB
posts over four connections, until the last acknowledgement is with the sink. django-helpdesk
runs on SQLite in WAL mode with synchronous=NORMAL, a weaker promise than ours (FULL), with
its own command `get_email` and two gunicorn workers.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import figures, form_rate, intake_rate, load
from bench.sink import Sink, sink
from intake.testing import Dovecot, dovecot

ROOT = Path(__file__).resolve().parent.parent
FORM = "/tickets/submit/"
WARM_UP = 10

SETTINGS = """
SECRET_KEY, DEBUG, ALLOWED_HOSTS, USE_TZ, SITE_ID = "bench", False, ["*"], True, 1
ROOT_URLCONF = "beside_urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.messages", "django.contrib.humanize", "django.contrib.admin", "rest_framework",
    "helpdesk",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware",
              "django.contrib.messages.middleware.MessageMiddleware"]
PROCESSORS = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
              "django.contrib.messages.context_processors.messages"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
              "OPTIONS": {"context_processors": PROCESSORS}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "beside.db", "OPTIONS": {
    "timeout": 60, "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}}}
MEDIA_ROOT, STATIC_URL = "media", "/static/"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", %(smtp)d
DEFAULT_FROM_EMAIL = "support@desk.example"
HELPDESK_TEAMS_MODE_ENABLED = HELPDESK_ACTIVATE_API_ENDPOINT = False
HELPDESK_PUBLIC_TICKET_QUEUE = "bench"
PINAX_TEAMS_ENABLED = False
"""

URLS = """
from django.urls import include, path
urlpatterns = [path("", include("helpdesk.urls"))]
"""

QUEUE = """
import django; django.setup()
from helpdesk.models import Queue
Queue.objects.create(
    title="Bench", slug="bench", email_address="support@desk.example", allow_public_submission=True,
    allow_email_submission=True, enable_notifications_on_email_events=True, email_box_type="imap",
    email_box_host="127.0.0.1", email_box_port=%(imap)d, email_box_user="theirs",
    email_box_pass="%(password)s",
    email_box_imap_folder="INBOX", email_box_interval=0, logging_type="none")
"""


@dataclass(frozen=True, slots=True)
class Other:
    """django-helpdesk in a folder of its own, run by its own interpreter."""

    python: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What its processes get to see."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "beside_settings",
            "PYTHONPATH": str(self.folder),
        }

    def run(self, *arguments: str) -> None:
        """Run a command of it; what it prints is shown only when it fails."""
        try:
            subprocess.run(
                [str(self.python), *arguments],
                cwd=self.folder,
                env=self.environment,
                check=True,
                capture_output=True,
            )
        except subprocess.CalledProcessError as error:
            raise SystemExit(error.stderr.decode(errors="replace")[-3000:]) from None

    def count(self, table: str) -> int:
        """Return how many rows one of its tables has."""
        with closing(sqlite3.connect(self.folder / "beside.db")) as database:
            return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def prepared(python: Path, folder: Path, imap: Dovecot, out: Sink) -> Other:
    """Make its database and its queue."""
    folder.mkdir()
    names = {"smtp": out.port, "imap": imap.port, "password": imap.password}
    (folder / "beside_settings.py").write_text(SETTINGS % names)
    (folder / "beside_urls.py").write_text(URLS)
    other = Other(python, folder)
    other.run("-m", "django", "migrate", "--verbosity", "0")
    other.run("-c", QUEUE % names)
    return other


def mail_of_other(other: Other, out: Sink) -> dict[str, float]:
    """Let it take its mailbox; the clock runs until its command ends."""
    began = time.perf_counter()
    other.run("-m", "django", "get_email", "--quiet")
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 2),
        "tickets": other.count("helpdesk_ticket"),
        "entries": other.count("helpdesk_followup"),
        "mails": len(out.taken),
    }


@contextlib.contextmanager
def served(other: Other) -> Iterator[int]:
    """Serve its form with two workers; yield the port."""
    port = free_port()
    command = [str(other.python), "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    command += ["django.core.wsgi:get_wsgi_application()"]
    with (other.folder / "log").open("w") as log:
        child = subprocess.Popen(
            command, cwd=other.folder, env=other.environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_listening(port)
            yield port
        finally:
            os.killpg(child.pid, signal.SIGTERM)
            child.wait(30)


def _wait_listening(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody has now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _bodies(count: int, seed: int) -> list[bytes]:
    """Return posts of its public form: the same picture and words as ours."""
    chance = random.Random(seed)
    fields = {"queue": "1", "priority": "3", "body": "It says no, and again.\n" * 10}
    return [
        form_rate.body(
            {
                **fields,
                "title": f"Cannot log in {number}",
                "submitter_email": f"c{seed}.{number}@people.example",
            },
            load.screenshot(chance),
            "attachment",
        )
        for number in range(count)
    ]


def _posted(port: int, path: str, bodies: list[bytes], status: int, out: Sink, failed: list[str]) -> float:
    """Post all of it and wait for an acknowledgement of each; return the seconds until the last."""
    before, began = len(out.taken), time.time()
    _, statuses = form_rate.send(port, bodies, path=path)
    if statuses != [status] * len(bodies):
        failed.append(f"{path} answered {sorted(set(statuses))} to {len(statuses)} of {len(bodies)} posts")
    if not out.wait(before + len(bodies), 120):
        failed.append(f"{path}: {len(out.taken) - before} acknowledgements of {len(bodies)}")
    return out.taken[-1][0] - began


def measure(python: Path, count: int, posts: int) -> tuple[dict[str, Any], list[str]]:
    """Run everything once; return the figures and what was not as it must be."""
    checks = intake_rate.Checks()
    letters = load.mixed(count)
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="intake-bench-")))
        work.chmod(0o755)
        server = work / "dovecot"
        server.mkdir()
        imap = stack.enter_context(dovecot(server))
        for user in ("ours", "theirs"):
            load.write_maildir(server / "mail" / user, letters)
            intake_rate.own(server / "mail" / user, server / "mail")
        with sink() as out:
            other = prepared(python, work / "theirs", imap, out)
            theirs = mail_of_other(other, out)
            with served(other) as port:
                form_rate.send(port, _bodies(WARM_UP, 1), path=FORM)
                out.wait(len(out.taken) + 1, 1)
                form_of_other = _posted(port, FORM, _bodies(posts, 2), 302, out, checks.failed)
        out = stack.enter_context(sink())
        folder = work / "ours"
        folder.mkdir()
        process = stack.enter_context(intake_rate.desk(folder, imap, out))
        ours = intake_rate.whole(folder, process, imap, out, letters)
        intake_rate.check(folder, out, letters, checks)
        signer, opened = form_rate.keys_of(folder)
        bodies = form_rate.posts(posts, lambda n: signer.form(f"k{n}", opened), 2)
        port = intake_rate.web_port(folder)
        form_of_ours = _posted(port, "/", bodies, 303, out, checks.failed)
    results = {
        "n": count,
        "mail": {"ours": round(ours.rate, 1), "theirs": round(count / theirs["seconds"], 1)},
        "mail_ratio": round(ours.rate * theirs["seconds"] / count, 2),
        "their": theirs,
        "posts": posts,
        "form": {"ours": round(posts / form_of_ours, 1), "theirs": round(posts / form_of_other, 1)},
        "form_ratio": round(form_of_other / form_of_ours, 2),
    }
    return results, checks.failed


def report(results: dict[str, Any]) -> str:
    """Return the figures as the lines of a Markdown table."""
    mail, form, theirs = results["mail"], results["form"], results["their"]
    rows = (
        ("mixed load, messages a second", mail, results["mail_ratio"]),
        ("form, acknowledged posts a second", form, results["form_ratio"]),
    )
    made = f"{theirs['tickets']} tickets and {theirs['entries']} entries of {results['n']} messages"
    return "\n".join(
        (
            "| | the desk | django-helpdesk | ratio |",
            "| --- | --- | --- | --- |",
            *(f"| {name} | {rates['ours']} | {rates['theirs']} | {ratio} |" for name, rates, ratio in rows),
            "",
            f"It made {made} and sent {theirs['mails']} mails.",
        )
    )


def main() -> int:
    """Measure, print, and say by the exit code whether all was as it must be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python", type=Path, required=True, help="interpreter with django-helpdesk and gunicorn"
    )
    parser.add_argument("--n", type=int, default=500, help="messages in the load (default 500)")
    parser.add_argument("--posts", type=int, default=200, help="posts (default 200)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    arguments = parser.parse_args()
    results, failed = measure(arguments.python, arguments.n, arguments.posts)
    print(json.dumps(results) if arguments.json else report(results))
    for line in failed:
        print(f"FAILED {line}", file=sys.stderr)
    if arguments.write and not failed:
        figures.write("beside", f"{report(results)}\n\n({figures.where()})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
