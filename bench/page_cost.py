"""What the first page costs: its size, the processor time of server and browser, and how long it takes."""

import http.client
import re
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from playwright.sync_api import Response

CHROMIUM = Path("/usr/bin/chromium")


@dataclass(frozen=True, slots=True)
class Page:
    """What the first page costs: bytes with all it loads, ms until it is painted and to its load event, the
    latter for an empty page, and ms of processor of its main thread in Chromium (parsing, layout, script)."""

    size: int = 0
    painted: tuple[float, ...] = (0.0,)
    times: tuple[float, ...] = (0.0,)
    empty: float = 0.0
    drawn: float = 0.0


def _weigh(loaded: list[int], answer: "Response") -> None:
    loaded.append(len(answer.body()))


def page_of(port: int) -> Page:
    """Open the first page ten times, each with nothing of it kept from before."""
    from playwright.sync_api import sync_playwright

    times, painted = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        size, empty, cpu = 0, [], []
        for number in range(11):
            context = browser.new_context()
            page = context.new_page()
            wire = context.new_cdp_session(page)
            wire.send("Performance.enable", {"timeDomain": "threadTicks"})
            loaded: list[int] = []
            if not number:
                # Only in the round that does not count: to be told of each answer takes the browser's time.
                page.on("response", partial(_weigh, loaded))
            page.goto(f"http://127.0.0.1:{port}/")
            page.wait_for_load_state("networkidle")
            size = size or sum(loaded)
            painted.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            )
            times.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            metrics = wire.send("Performance.getMetrics")["metrics"]
            cpu.append(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration") * 1000)
            page.goto(f"http://127.0.0.1:{port}/healthz")
            empty.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            context.close()
        browser.close()
    # The first of them started the browser.
    return Page(size, tuple(painted[1:]), tuple(times[1:]), min(empty[1:]), min(cpu[1:]))


def served_ms(port: int, process: psutil.Process, times: int = 100) -> float:
    """Return the ms of processor that the server takes for the first page and all that it loads."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as client:

        def get(path: str) -> str:
            client.request("GET", path)
            return client.getresponse().read().decode()

        page = get("/")
        paths = ["/", *re.findall(r'(?:href|src)="(/(?:static|brand)[^"]+)"', page)]
        before = float(sum(process.cpu_times()[:2]))
        for _ in range(times):
            for path in paths:
                get(path)
        return (float(sum(process.cpu_times()[:2])) - before) * 1000 / times
