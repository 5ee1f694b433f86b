"""Chosen files in a real browser: kept over a reload, in one tab, until they are sent."""

from pathlib import Path
from typing import Any

import pytest
from web_desk import Visit
from webpages import GOOD, fill, names, send

FORM = "\n[form]\ncategories =\n    account = My account\n"
KEPT = """() => new Promise(done => {
  const asked = indexedDB.open('intake', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('files');
  asked.onsuccess = () => {
    const all = asked.result.transaction('files').objectStore('files').getAll();
    all.onsuccess = () => {
      asked.result.close();
      done(all.result.flatMap(one => one.files.map(file => file.name)));
    };
  };
})"""


def wait_kept(page: Any, count: int) -> None:
    """Wait until the browser holds so many files."""
    for _ in range(100):
        if count == len(page.evaluate(KEPT)):
            return
        page.wait_for_timeout(50)
    assert count == len(page.evaluate(KEPT))


def test_a_reload_keeps_chosen_files_until_they_are_sent(visit: Visit, tmp_path: Path) -> None:
    page, one = visit(FORM)
    (tmp_path / "app.log").write_text("one line")
    (tmp_path / "b.bin").write_bytes(b"\0" * 300_000)
    page.set_input_files("#files", [tmp_path / "app.log", tmp_path / "b.bin"])
    wait_kept(page, 2)
    page.reload()
    page.get_by_text("2 of 20 files").wait_for()
    assert ["app.log", "b.bin"] == names(page)

    # Another tab of the same browser is another person's, or another matter.
    other = page.context.new_page()
    other.goto(one.url)
    other.wait_for_timeout(300)
    assert [] == names(other)
    other.close()

    page.get_by_role("button", name="Remove app.log").click()
    wait_kept(page, 1)
    page.reload()
    page.get_by_text("1 of 20 files").wait_for()
    fill(page, **GOOD)
    one.desk.clock.forward(seconds=10)
    send(page)
    page.wait_for_url("**/sent/**")
    assert [] == page.evaluate(KEPT)
    (arrival,) = one.desk.arrivals
    assert [False, True] == [name in arrival.raw for name in (b"app.log", b"b.bin")]
    page.goto(one.url)
    page.wait_for_timeout(300)
    assert [] == names(page)


def test_deleting_what_was_typed_deletes_the_files_too(visit: Visit, tmp_path: Path) -> None:
    page, _ = visit(FORM)
    (tmp_path / "app.log").write_text("one line")
    fill(page, **GOOD)
    page.set_input_files("#files", tmp_path / "app.log")
    wait_kept(page, 1)
    page.wait_for_timeout(300)
    page.reload()
    page.get_by_text("1 of 20 files").wait_for()
    page.get_by_role("button", name="Delete what I typed").click()
    wait_kept(page, 0)
    assert [] == names(page)


def test_files_of_yesterday_are_forgotten_unasked(visit: Visit) -> None:
    page, one = visit(FORM)
    page.evaluate(
        """() => new Promise(done => {
          sessionStorage.setItem('intake:tab', 'mine');
          const asked = indexedDB.open('intake', 1);
          asked.onupgradeneeded = () => asked.result.createObjectStore('files');
          asked.onsuccess = () => {
            const files = [new File(['x'], 'old.txt')], at = Date.now() - 25 * 3600 * 1000;
            const change = asked.result.transaction('files', 'readwrite');
            change.objectStore('files').put({ at, files }, 'intake:/ mine');
            change.objectStore('files').put({ at, files }, 'intake:/ gone');
            change.oncomplete = () => { asked.result.close(); done(); };
          };
        })"""
    )
    page.goto(one.url)
    wait_kept(page, 0)
    assert [] == names(page)


@pytest.mark.parametrize("missing", ["indexedDB", "sessionStorage", "localStorage"])
def test_a_browser_that_keeps_nothing_sends_all_the_same(visit: Visit, tmp_path: Path, missing: str) -> None:
    page, one = visit(FORM)
    refuses = "{ get() { throw new DOMException('no', 'SecurityError'); } }"
    page.add_init_script(f"Object.defineProperty(window, '{missing}', {refuses})")
    page.goto(one.url)
    (tmp_path / "app.log").write_text("one line")
    fill(page, **GOOD)
    page.set_input_files("#files", tmp_path / "app.log")
    one.desk.clock.forward(seconds=10)
    send(page)
    page.wait_for_url("**/sent/**")

    assert b"app.log" in one.desk.arrivals[0].raw
