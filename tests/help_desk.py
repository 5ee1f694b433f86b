"""A desk with help articles, and its pages in a test client."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.desk.knowledge.article import Article, named, read
from intake.desk.knowledge.verdicts import Reason
from intake.web import help_shelf, make_app

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "help"
HEAD = "---\ntitle: {title}\ncategory: {category}\n{more}---\n{short}\n"
BASE = "https://help.example"


def article(slug: str, language: str, title: str = "", short: str = "Do this.", **more: str) -> Article:
    """An article as a file says it."""
    category = more.pop("category", "technical")
    lines = "".join(f"{key}: {value}\n" for key, value in more.items())
    text = HEAD.format(title=title or f"{slug} {language}", category=category, more=lines, short=short)
    reading = read(slug, language, text)
    assert not reading.faults
    return reading.article


def shipped() -> list[Article]:
    """The starter set."""
    articles = []
    for path in sorted(EXAMPLES.glob("*.md")):
        place = named(path.name, "en")
        assert place is not None
        reading = read(*place, path.read_text(encoding="utf-8"))
        assert () == reading.faults, path.name
        articles.append(reading.article)
    return articles


class Pages:
    """A desk with articles, and its pages in a test client."""

    def __init__(self, desk: Desk, clock: Clock, ticks: list[float]) -> None:
        self.desk, self.clock, self._ticks = desk, clock, ticks
        self.app: Flask = make_app(desk, patience=0)
        self.client: FlaskClient = self.app.test_client()

    def publish(self, *articles: Article) -> None:
        self.desk.store.articles.publish(articles, "keyboard", self.clock.now, "keyboard")

    def later(self, seconds: float) -> None:
        self._ticks[0] += seconds

    def token(self, path: str) -> str:
        match = re.search(r'name="token" value="([^"]+)"', self.client.get(path).text)
        assert match
        return match[1]

    def judge(self, path: str, said: str, token: str = "", **headers: str) -> Any:
        data = {"token": token or self.token(path), "said": said}
        return self.client.post(path, data=data, headers=headers)

    def tally(self, slug: str) -> tuple[int, dict[Reason, int]]:
        tally = self.desk.store.verdicts.tallies(self.clock.now.replace(year=2000)).get(slug)
        return (tally.helped, dict(tally.reasons)) if tally else (0, {})


def opened(make_desk: MakeDesk, clock: Clock, monkeypatch: Any, more: str = "") -> Pages:
    """Open the pages of a desk; `more` are lines of [web], and other sections."""
    desk = build(make_desk(f"base_url = {BASE}\n{more}").settings)
    desk.service = replace(desk.service, clock=clock)
    ticks = [0.0]
    monkeypatch.setattr(help_shelf, "monotonic", lambda: ticks[0])
    return Pages(desk, clock, ticks)
