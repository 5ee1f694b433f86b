"""Large mail is read in a child; what it costs beyond its limits is its own affair."""

import os
from pathlib import Path

import pytest

from intake.mail.parse import parse
from intake.ports import Unreadable
from intake.runtime import parse_sandbox

MAIL = b"From: Lin <lin@customer.example>\r\nSubject: help\r\n\r\nMy coins are late.\r\n"


def test_a_child_reads_what_is_read_in_place():
    assert parse(MAIL) == parse_sandbox.in_child(MAIL)


def test_only_large_mail_is_read_in_a_child(monkeypatch):
    monkeypatch.setattr(parse_sandbox, "in_child", lambda raw: "child")
    read = parse_sandbox.parser(lambda raw: "in place", large=len(MAIL))

    assert ["in place", "child"] == [read(MAIL), read(MAIL + b".")]


@pytest.mark.parametrize(
    ("cpu", "memory", "wall", "why"),
    [
        (30, 16 << 20, 60, "more than 16 MB of memory"),
        (30, 512 << 20, 0.2, "more than 0.2 seconds"),
    ],
    ids=["memory", "wall clock"],
)
def test_beyond_its_limits_it_is_unreadable_and_says_which(monkeypatch, cpu, memory, wall, why):
    # As slow as the gate lets a mail be: 60 MB of base64 that is nothing but padding.
    raw = b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n" + b"a=" * 30_000_000
    monkeypatch.setattr(parse_sandbox, "WALL_SECONDS", wall)

    with pytest.raises(Unreadable, match=why):
        parse_sandbox.in_child(raw, cpu, memory)


ENDLESS = """
import intake.mail.parse as reader

def endless(raw):
    while True:
        pass

reader.parse = endless
"""


def test_a_reader_that_never_ends_is_ended_by_the_limit_of_processor_time(monkeypatch, tmp_path):
    # No mail that the gate lets through takes a second any more: the child's reader is made to.
    (tmp_path / "sitecustomize.py").write_text(ENDLESS)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path(parse_sandbox.__file__).parent.parent}")

    with pytest.raises(Unreadable, match="more than 1 s of processor time"):
        parse_sandbox.in_child(MAIL, 1, 512 << 20)


def test_a_child_that_is_killed_says_nothing_about_the_mail(monkeypatch):
    monkeypatch.setattr(parse_sandbox.sys, "executable", "/bin/false")

    with pytest.raises(RuntimeError):
        parse_sandbox.in_child(MAIL)
