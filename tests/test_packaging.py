"""The layout: queue/, templates/ and cli.py at the top level, installed inside the package."""

import json
import os
import queue
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What an installed desk must be able to do, from anywhere.
PROBE = """
import json, queue
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import intake, intake.cli, intake.queue
from intake.queue import tasks
from intake.rendering.templates import Renderer
with ThreadPoolExecutor(1) as pool:
    sent = pool.submit(lambda: "a thread pool works").result()
page = Renderer()._env.get_template("web/form.html.j2")
print(json.dumps({
    "intake": intake.__file__, "tasks": tasks.__file__, "cli": intake.cli.__file__,
    "template": page.filename, "queue": queue.__file__, "pool": sent,
}))
"""


def test_queue_folder_is_no_package_for_it_would_shadow_the_standard_library() -> None:
    assert (ROOT / "queue").is_dir()
    assert not (ROOT / "queue" / "__init__.py").exists()
    assert Path(sysconfig.get_path("stdlib"), "queue.py").resolve() == Path(queue.__file__).resolve()


def test_standard_queue_wins_even_with_the_root_first_on_the_path() -> None:
    code = (
        "import queue, multiprocessing.queues, concurrent.futures as f; "
        "print(queue.SimpleQueue and f.ThreadPoolExecutor(1).submit(int, '7').result())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "7\n"


@pytest.mark.parametrize("name", ["queue", "templates", "cli.py", "cli", "tests"])
def test_no_module_inside_the_package_is_called_like_what_is_grafted_there(name: str) -> None:
    assert not (ROOT / "intake" / name).exists()


def test_an_override_wins_and_can_extend_the_shipped_template(tmp_path: Path) -> None:
    from intake.rendering.templates import Renderer

    folder = tmp_path / "mail" / "en"
    folder.mkdir(parents=True)
    (folder / "words.j2").write_text(
        '{% extends "default/mail/en/words.j2" %}{% block greeting %}Our own words.{% endblock %}'
    )
    env = Renderer(tmp_path)._env
    template = env.get_template("mail/en/words.j2")
    assert template.filename == str(folder / "words.j2")
    assert "".join(template.blocks["greeting"](template.new_context({}))) == "Our own words."


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True,
        capture_output=True,
        timeout=100,
    )
    return next(out.glob("intake_desk-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment with only the wheel, and our libraries beside it."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False, symlinks=True)
    binaries = home / "bin"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", binaries / "python", "install", "--quiet"),
            *("--no-deps", "--no-index", "--disable-pip-version-check", wheel),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
    site = next((home / "lib").glob("python*/site-packages"))
    # A path in a .pth comes last and its own .pth files are not read: our checkout stays out.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return binaries


def _run(binary: Path, *arguments: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "COVERAGE_PROCESS_START")}
    done = subprocess.run(
        [binary, *arguments], cwd="/", env=environment, capture_output=True, text=True, timeout=60
    )
    assert (0, "") == (done.returncode, done.stderr), done.stdout + done.stderr
    return done.stdout


def test_the_wheel_puts_nothing_at_the_top_level_but_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {"intake"} == {top for top in tops if not top.endswith(".dist-info")}
    for needed in (
        "intake/cli.py",
        "intake/config.example.ini",
        "intake/py.typed",
        "intake/queue/tasks.py",
        "intake/templates/web/form.html.j2",
        "intake/templates/mail/en/words.j2",
        "intake/templates/mail/zh-Hans/words.j2",
    ):
        assert needed in names
    assert "intake/queue/__init__.py" not in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_an_installed_desk_runs_from_anywhere(installed: Path) -> None:
    from intake import __version__

    assert __version__ in _run(installed / "intake", "--version")
    home = str(installed.parent)
    got = json.loads(_run(installed / "python", "-c", PROBE))
    assert "a thread pool works" == got.pop("pool")
    assert Path(got.pop("queue")).resolve() == Path(queue.__file__).resolve()
    assert {name: True for name in got} == {name: path.startswith(home) for name, path in got.items()}
