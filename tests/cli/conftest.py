"""A desk on disk, and the command line run against it."""

import logging
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from command_line import Run
from config_files import config_text

from intake.cli import main
from intake.key_file import signing_keys

CONFIG = config_text(
    name="Help",
    address="help@desk.example",
    web="port = 0",
    smtp="host = 127.0.0.1\nport = 1\nsecurity = none\ntimeout = 2",
    more="[team printers]",
)


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("intake")
    handlers, level, own = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:], root.level = handlers, level
    ours.setLevel(own)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "intake.ini"
    path.write_text(CONFIG, encoding="utf-8")
    path.chmod(0o600)
    # As `intake init` leaves it.
    (tmp_path / "data").mkdir(mode=0o700)
    signing_keys(tmp_path / "data")
    return path


@pytest.fixture
def intake(config: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line; give it the exit code to expect, or 0."""
    for name in ("INTAKE_CONFIG", "INTAKE_AGENT", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    # What nobody foresaw is a fault of ours, and shall be seen where it began.
    monkeypatch.setenv("INTAKE_TRACEBACK", "1")

    def run(*args: str, code: int = 0, text: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, ["--config", str(config), *args], input=text)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert code == result.exit_code, result.output
        return result

    return run


@pytest.fixture
def mail(tmp_path: Path) -> Callable[..., Path]:
    """Write a mail from a customer and return its file."""

    def write(subject: str = "打印机坏了", body: str = "您好，打印机坏了。", name: str = "one") -> Path:
        made = EmailMessage()
        made["From"] = "王小明 <wang@customer.example>"
        made["To"] = "help@desk.example"
        made["Subject"] = subject
        made["Message-ID"] = f"<{name}@customer.example>"
        made["Date"] = "Sun, 22 Nov 2026 06:00:00 +0000"
        made.set_content(body)
        path = tmp_path / f"{name}.eml"
        path.write_bytes(made.as_bytes())
        return path

    return write
