"""The units, the image and the compose file: what they name exists, and what the docs say of them works.

There is no container engine in a test. So the image is made on paper: what its Dockerfile
copies under .dockerignore, the user it runs as, the commands compose gives it.
"""

import configparser
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from intake.cli import COMMANDS
from intake.commands.common import PLACES
from intake.config.mailboxes import LmtpMailbox
from intake.config.sections import WebSettings
from intake.config.settings import load
from intake.testing import wait_until

ROOT = Path(__file__).resolve().parent.parent
SYSTEMD = ROOT / "deploy" / "systemd"
UNITS = sorted(SYSTEMD.glob("*.service"))
PIECES = {"poll", "listen", "web", "worker"}
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="ascii")
COMPOSE_TEXT = (ROOT / "deploy" / "compose.yaml").read_text(encoding="ascii")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
# What stands at the top of the compose file, for the person who follows it.
STEPS = "\n".join(line[2:] for line in COMPOSE_TEXT.splitlines() if line.startswith("# "))


def unit(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=True)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(path.read_text(encoding="ascii"))
    return parsed


# systemd


def test_there_is_a_unit_for_the_whole_and_for_each_piece() -> None:
    assert {"intake", *(f"intake-{piece}" for piece in PIECES)} == {path.stem for path in UNITS}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_that_exists_as_a_user_who_may_do_little(path: Path) -> None:
    service = unit(path)["Service"]
    command = service["ExecStart"].split()[1]
    assert command in COMMANDS
    assert ("intake", "strict", "yes", "always", "0077") == (
        service["User"],
        service["ProtectSystem"],
        service["NoNewPrivileges"],
        service["Restart"],
        service["UMask"],
    )
    # The desk itself stops within 30 seconds; the manager must not kill it before.
    assert int(service["TimeoutStopSec"]) > 30


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The root of a machine on which the units were installed as docs/install.md says."""
    for program in ("systemctl", "systemd-analyze"):
        if shutil.which(program) is None:
            from conftest import unavailable

            unavailable(f"{program} is not there: apt-get install systemd")
    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    for path in SYSTEMD.iterdir():
        shutil.copy(path, units)
    program = tmp_path / "opt" / "intake" / "bin" / "intake"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", encoding="ascii")
    program.chmod(0o755)
    for name in ("sysinit", "basic", "network-online", "multi-user", "shutdown"):
        (units / f"{name}.target").write_text("[Unit]\nDefaultDependencies=no\n", encoding="ascii")
    return tmp_path


def systemd(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted(SYSTEMD.iterdir()), ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong_with_a_unit(machine: Path, path: Path) -> None:
    place = f"/etc/systemd/system/{path.name}"
    said = systemd("systemd-analyze", "verify", f"--root={machine}", "--man=no", place)
    # One of a root without users and swap names what is not ours.
    assert [] == [line for line in said.splitlines() if "intake" in line]


def test_of_the_pieces_a_machine_starts_those_that_were_enabled_and_no_other(machine: Path) -> None:
    systemd("systemctl", f"--root={machine}", "enable", "intake-poll", "intake-worker", "intake.target")

    units = machine / "etc" / "systemd" / "system"
    assert {"intake-poll.service", "intake-worker.service"} == {
        path.name for path in (units / "intake.target.wants").iterdir()
    }
    assert ["intake.target"] == [path.name for path in (units / "multi-user.target.wants").iterdir()]
    assert "Wants" not in unit(SYSTEMD / "intake.target")["Unit"]


def test_the_command_of_the_docs_is_the_one_that_the_units_start() -> None:
    install = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    started = {unit(path)["Service"]["ExecStart"].split()[0] for path in UNITS}

    assert {"/opt/intake/bin/intake"} == started
    # As the steps say it, `intake` is found by its name and finds its config from any folder.
    assert "ln -s /opt/intake/bin/intake /usr/local/bin/intake" in install
    named = re.findall(r"--config (\S+) init", install)
    assert named
    assert {Path(one) for one in named} <= {place for place in PLACES if place.is_absolute()}


# The image


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out: the last line that fits decides, as docker reads it."""
    out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="ascii").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        words = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        # A folder that fits takes all in it along.
        if re.fullmatch(f"{words}(?:/.*)?", path):
            out = not line.startswith("!")
    return out


def copied() -> list[str]:
    """Return what the Dockerfile copies into the image, of the files that lie here."""
    found: list[str] = []
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            whole = ROOT / source
            assert whole.exists(), f"the Dockerfile copies {source}, which is not there"
            files = whole.rglob("*") if whole.is_dir() else [whole]
            found += [str(one.relative_to(ROOT)) for one in files if one.is_file()]
    return [path for path in found if not ignored(path)]


@pytest.mark.parametrize(
    "path",
    [
        "deploy/intake.ini",
        "deploy/desk/intake.ini",
        "deploy/desk/pgpass",
        "deploy/desk/postgres-password",
        "deploy/pgpass",
        "intake.ini",
        "intake/intake.ini",
        "data/secret.key",
        "data/intake.db",
        "intake/data/secret.key",
        "intake/dkim.pem",
        "templates/.env",
        ".env",
        ".git/config",
        ".venv/bin/python",
        "secret.key",
        "var/intake.db-wal",
        "tests/conftest.py",
        "intake/__pycache__/app.cpython-313.pyc",
    ],
)
def test_what_is_private_or_ours_alone_gets_into_no_layer_of_the_image(path: str) -> None:
    assert ignored(path)
    assert path not in copied()


def test_the_image_copies_nothing_as_a_whole_and_nothing_out_of_the_lines() -> None:
    tops = {path.partition("/")[0] for path in copied()}

    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "config.example.ini",
        "cli.py",
        "intake",
        "queue",
        "templates",
    } == tops - {"locks"}
    assert not re.search(r"^(COPY|ADD) (\.|/)", DOCKERFILE, re.MULTILINE)
    assert not re.search(r"^ADD ", DOCKERFILE, re.MULTILINE)


def test_a_package_built_of_what_the_image_copies_lacks_nothing(tmp_path: Path) -> None:
    for path in copied():
        (tmp_path / "src" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / "src" / path)
    wheels: list[set[str]] = []
    for source in (tmp_path / "src", ROOT):
        out = tmp_path / f"out{len(wheels)}"
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
        subprocess.run(command, cwd=source, capture_output=True, check=True, timeout=100)
        with zipfile.ZipFile(next(out.glob("*.whl"))) as wheel:
            wheels.append(set(wheel.namelist()))

    assert wheels[1] == wheels[0]


def test_the_image_has_the_tools_of_the_server_that_compose_starts() -> None:
    client = re.search(r"postgresql-client-(\d+)", DOCKERFILE)
    assert client

    assert f"postgres:{client[1]}" == COMPOSE["services"]["postgres"]["image"]


# Compose

# The keys of the Compose Specification that we write, by place; another one is a slip of the pen.
SERVICE = {
    "build", "image", "restart", "stop_grace_period", "depends_on", "environment", "volumes", "command",
    "ports", "healthcheck", "profiles", "secrets",
}  # fmt: skip
TOP = {"services", "secrets", "networks", "volumes", "x-piece"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def pieces() -> dict[str, dict[str, Any]]:
    return {name: one for name, one in COMPOSE["services"].items() if one["image"] == "intake"}


def test_the_compose_file_starts_every_piece_by_commands_that_exist() -> None:
    commands = {one["command"][0] for one in pieces().values()}

    assert {*PIECES, "migrate", "status"} == commands
    assert commands <= set(COMMANDS)
    # No secret stands in it.
    assert not re.search(r"PASSWORD: \S", COMPOSE_TEXT)
    assert ["python"] == [one["healthcheck"]["test"][1] for one in pieces().values() if "healthcheck" in one]


def test_every_key_of_the_compose_file_is_one_of_the_specification_and_names_what_is_there() -> None:
    assert set(COMPOSE) <= TOP
    services = COMPOSE["services"]
    volumes, secrets = set(), set()
    for name, one in services.items():
        assert set(one) <= SERVICE, name
        assert one["restart"] in ("no", "unless-stopped"), name
        secrets |= set(one.get("secrets", ()))
        volumes |= {place.partition(":")[0] for place in one["volumes"]} if "volumes" in one else set()
        for needed, how in one.get("depends_on", {}).items():
            assert how["condition"] in CONDITIONS, name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed]
            if how["condition"] == "service_completed_successfully":
                assert services[needed]["restart"] == "no"
        if "build" in one:
            folder = (ROOT / "deploy" / one["build"]["context"]).resolve()
            assert folder == ROOT
            assert (folder / one["build"]["dockerfile"]).is_file()
    files = {one for one in volumes if one.startswith((".", "/"))}
    assert set(COMPOSE["volumes"]) == volumes - files
    assert set(COMPOSE["secrets"]) == secrets
    # Whoever follows the steps has made each file that is mounted.
    made = files | {one["file"] for one in COMPOSE["secrets"].values()}
    assert [] == [one for one in made if one.removeprefix("./") not in STEPS]


def test_nothing_that_ended_well_is_started_again() -> None:
    for name, one in pieces().items():
        runs_on = one["command"][0] in PIECES
        assert ("unless-stopped" if runs_on else "no") == one["restart"], name


def documented(folder: Path) -> Path:
    """Write the config that the steps tell to write: what init makes, with the values of step 3."""
    block = STEPS.partition("3. ")[2].partition("4. ")[0]
    lines = [line.strip() for line in block.splitlines() if line.startswith("     ")]
    text = "\n".join(lines)
    path = folder / "intake.ini"
    path.write_text(
        "[desk]\nname = Help\naddress = help@desk.example\ndata = /var/lib/intake/data\n"
        f"[smtp]\nhost = smtp.desk.example\n{text}\n",
        encoding="ascii",
    )
    return path


def test_the_values_to_write_are_a_config_that_fits_the_compose_file(tmp_path: Path) -> None:
    settings = load(documented(tmp_path))
    services = COMPOSE["services"]
    network = COMPOSE["networks"]["default"]["ipam"]["config"][0]

    assert "postgres" in services
    assert f"@postgres/{services['postgres']['environment']['POSTGRES_DB']}" in settings.store.url
    assert settings.queue.url.startswith("redis://redis:")
    assert "redis" in services
    # A reverse proxy on the host comes through the network's gateway.
    assert settings.web.trusted_proxy == network["gateway"]
    assert ipaddress.ip_address(network["gateway"]) in ipaddress.ip_network(network["subnet"])
    # A port that is published leads to a listener on every address of its container.
    assert ("0.0.0.0", "0.0.0.0") == (settings.web.host, settings.mailboxes["lmtp"].host)
    port = WebSettings().port
    lmtp = LmtpMailbox().port
    assert [f"127.0.0.1:{port}:{port}"] == services["web"]["ports"]
    assert [f"127.0.0.1:{lmtp}:{lmtp}"] == services["listen"]["ports"]
    # Config and password file lie in the folder that is mounted where the entry point looks.
    assert Path(json.loads(DOCKERFILE.partition("ENTRYPOINT ")[2])[2]).parent == Path("/etc/intake")
    for one in pieces().values():
        assert one["environment"]["PGPASSFILE"] == "/etc/intake/pgpass"
        assert one["volumes"][0].split(":")[:2] == ["./desk", "/etc/intake"]
        assert one["volumes"][1] == "data:/var/lib/intake"
    # Only init writes into it.
    assert ["admin"] == [name for name, one in pieces().items() if not one["volumes"][0].endswith(":ro")]


def test_the_user_of_the_image_is_the_one_that_the_steps_give_the_files_to() -> None:
    number = re.search(r"--uid (\d+)", DOCKERFILE)
    assert number

    assert f"chown -R {number[1]}:{number[1]} desk" in STEPS
    assert re.search(r"^USER intake$", DOCKERFILE, re.MULTILINE)


# The entry point, as the image runs it


def as_user(number: int) -> list[str]:
    """Return the words before a command that run it as user `number`, who may write what is theirs alone.

    It may read everything, for the Python and the checkout of a test may lie in root's home.
    """
    reads = "-all,+dac_read_search"
    caps = [f"--inh-caps={reads}", f"--ambient-caps={reads}", f"--bounding-set={reads}"]
    return ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups", *caps]


class Container:
    """The commands of the image as its user, on folders that belong to that user alone."""

    def __init__(self, root: Path) -> None:
        self.etc, self.data = root / "etc", root / "data"
        user = int(re.search(r"--uid (\d+)", DOCKERFILE)[1])  # type: ignore[index]
        # Without root nobody can become another user; what is tried then is the user who runs this.
        self.become: list[str] = as_user(user) if os.geteuid() == 0 else []
        for folder in (self.etc, self.data):
            folder.mkdir(mode=0o700)
            if self.become:
                os.chown(folder, user, user)
        words = json.loads(DOCKERFILE.partition("ENTRYPOINT ")[2])
        assert ["intake", "--config"] == words[:2]
        # Not `-m intake`: the folder one stands in must not be looked into for modules.
        self.entry = [sys.executable, str(ROOT / "cli.py"), "--config", str(self.etc / Path(words[2]).name)]

    def start(self, *words: str, said: Any = subprocess.PIPE) -> subprocess.Popen[str]:
        environ = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "HOME")}
        return subprocess.Popen(
            [*self.become, *self.entry, *words],
            cwd=self.data,
            env={**environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        process = self.start(*words)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said


@pytest.fixture
def container() -> Iterator[Container]:
    # Not in pytest's own folder, which other users cannot enter.
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        yield Container(root)


def test_the_steps_of_the_compose_file_lead_to_a_desk_whose_pieces_keep_running(
    container: Container, tmp_path: Path
) -> None:
    init = [
        "init",
        "--yes",
        "--data",
        str(container.data / "data"),
        "--address",
        "help@desk.example",
        "--port",
        "0",
    ]
    code, said = container.run(
        *init, "--imap-host", "127.0.0.1", "--imap-password", "x", "--smtp-host", "127.0.0.1"
    )
    assert (0, 0o600) == (code, (container.etc / "intake.ini").stat().st_mode & 0o777), said
    for words in (
        ["migrate"],
        ["check", "--offline"],
        ["agent", "add", "anna@example.com", "--name", "Anna"],
    ):
        code, said = container.run(*words)
        assert (0, False) == (code, "Traceback" in said), f"{words}: {said}"

    # An IMAP desk: listen has nothing to listen for, and is started by compose all the same.
    logs = {piece: tmp_path / piece for piece in PIECES}
    running: dict[str, subprocess.Popen[str]] = {}
    for piece, log in logs.items():
        with log.open("w") as said_there:
            running[piece] = container.start(piece, said=said_there)
    try:
        for piece, log in logs.items():
            wait_until(lambda log=log: "serve started" in log.read_text(), 60, f"{piece} starts")
        with pytest.raises(subprocess.TimeoutExpired):
            running["listen"].wait(1.5)
    finally:
        for process in running.values():
            process.terminate()
        ends = {piece: process.wait(40) for piece, process in running.items()}
    assert dict.fromkeys(PIECES, 0) == ends
    assert "no mailbox of this kind" in logs["listen"].read_text(encoding="utf-8")


def test_the_first_commands_make_the_tables_that_migrate_then_finds(
    tmp_path: Path, postgres_url: str
) -> None:
    init = ["init", "--yes", "--data", str(tmp_path / "data"), "--address", "help@desk.example"]
    config = tmp_path / "intake.ini"

    def run(*words: str) -> tuple[int, str]:
        entry = [sys.executable, str(ROOT / "cli.py"), "--config", str(config)]
        done = subprocess.run([*entry, *words], capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr

    assert 0 == run(*init, "--imap-password", "x")[0]
    text = config.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^url = sqlite:///intake.db$", f"url = {postgres_url}", text)
    config.write_text(text, encoding="utf-8")
    code, said = run("check", "--offline")
    assert (0, True) == (code, "the database answers (postgresql)" in said), said
    code, said = run("migrate")
    assert (0, True) == (code, "There are no tables yet" in said), "a check makes none"
    assert 0 == run("agent", "add", "anna@example.com", "--name", "Anna")[0]

    code, said = run("migrate")
    assert (0, True) == (code, "Nothing to do" in said), said
    # Admin's commands must not wait for migrate, which has nothing to bring up to date before them.
    assert "migrate" not in COMPOSE["services"]["admin"]["depends_on"]
