"""What is looked at in every page of a real browser."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), textarea, button')]
    .filter(e => !(e.labels && e.labels.length) && !e.textContent.trim()).map(e => e.outerHTML)"""
DANGLING = """() => [...document.querySelectorAll('[aria-describedby]')]
    .flatMap(e => e.getAttribute('aria-describedby').split(' ')).filter(id => !document.getElementById(id))"""
CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const shown = [...document.querySelectorAll('body *')].filter(e => e.offsetParent &&
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  return shown.map(e => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML.slice(0, 80)];
  }).filter(([ratio]) => ratio < 4.5);
}"""
SHIFTS = """() => new Promise(done => {
  const moved = [];
  const box = one => `${one.x},${one.y} ${one.width}x${one.height}`;
  const told = one => `${one.node && (one.node.id || one.node.className || one.node.nodeName)}: `
    + `${box(one.previousRect)} -> ${box(one.currentRect)}`;
  new PerformanceObserver(list => list.getEntries().forEach(one => moved.push(...one.sources.map(told))))
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(moved), 400);
})"""


def axe(page: "Page") -> list[str]:
    """Return what axe-core finds in the page that is serious or worse, one line each."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).with_name("axe.min.js")
    # Past the policy of the page, which forbids scripts that are not its own.
    page.evaluate(script.read_text(encoding="utf-8") + ";0")
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


GOOD = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "subject": "Cannot log in",
    "message": "It says no.\nAnd again.",
}


def fill(page: "Page", **values: str) -> None:
    for name, value in values.items():
        page.fill(f"#{name}", value)


def send(page: "Page") -> None:
    page.get_by_role("button", name="Send message").click()


def names(page: "Page") -> list[str]:
    found: list[str] = page.locator(".chosen-name").all_inner_texts()
    return found
