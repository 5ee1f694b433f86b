"""In no fault does a private note, or what another customer wrote, leave the desk (I22)."""

import email
import email.policy
import re
from pathlib import Path

import pytest
from faults import rig
from faults.clients import template_of
from faults.rig import Stable, letter
from faults.test_syscalls import sweep_points

from intake.store.upkeep.integrity import IntegrityCheck
from intake.testing import HANG_UP, SinkServer

ANNA = "anna@staff.example"
PEOPLE = {"ann@customer.example": b"canary-of-ann", "bob@customer.example": b"canary-of-bob"}
PRIVATE = b"canary-of-the-house"


def from_agent(to: str, text: bytes, name: str, more: bytes = b"") -> bytes:
    return b"From: Anna <%s>\r\nTo: %s\r\nSubject: Re\r\nMessage-ID: <%s@staff.example>\r\n%s\r\n%s\r\n" % (
        ANNA.encode(),
        to.encode(),
        name.encode(),
        more,
        text,
    )


def words(raw: bytes) -> bytes:
    """All that a mail says, decoded, beside its bytes as they went."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return raw + "\n".join(texts).encode()


def prepared(tmp_path: Path, sink: SinkServer) -> Path:
    """Two tickets; then an answer to one, a note in the other, and two mails that prove no agent."""
    folder = template_of(tmp_path, sink)
    desk = rig.desk_in(folder)
    desk.store.agents.add(ANNA, "Anna", (), desk.service.clock())
    for who, canary in PEOPLE.items():
        rig.give(desk, letter(who.partition("@")[0]).replace(b"My coins", canary))
    rig.settle(desk)
    notices = {
        who: next(one.raw for one in sink.to(ANNA) if canary in words(one.raw))
        for who, canary in PEOPLE.items()
    }
    reply_to = {
        who: email.message_from_bytes(raw, policy=email.policy.default)["Reply-To"].addresses[0].addr_spec
        for who, raw in notices.items()
    }
    # A notice's own Message-ID proves an agent; that of what the customer got proves nothing.
    known = re.search(rb"(?im)^message-id: *(<[^>]+>)", sink.to("bob@customer.example")[0].raw)
    assert known is not None
    rig.give(
        desk,
        from_agent(reply_to["ann@customer.example"], b"We look into it, Ann.", "answer"),
        from_agent(reply_to["bob@customer.example"], b"#note\r\n\r\n" + PRIVATE, "note"),
        from_agent("support@desk.example", PRIVATE, "no-token", b"In-Reply-To: " + known[1] + b"\r\n"),
        from_agent(reply_to["bob@customer.example"], b"\r\n" + notices["bob@customer.example"], "all-quote"),
    )
    desk.store.close()
    return folder


def leaked(sink: SinkServer) -> list[str]:
    """What went to a customer and was not for him."""
    wrong = []
    for who in PEOPLE:
        others = [canary for one, canary in PEOPLE.items() if one != who]
        for mail in sink.to(who):
            said = words(mail.raw)
            wrong += [f"{who} got {one!r}" for one in (PRIVATE, ANNA.encode(), *others) if one in said]
    return wrong


def checked(desk_folder: Path, sink: SinkServer, when: str) -> None:
    desk = rig.desk_in(desk_folder, 120)
    rig.settle(desk)
    assert [] == leaked(sink), when
    # Nothing is proven where nothing went out: the answer did, and the rest was kept.
    assert any(b"We look into it, Ann." in words(one.raw) for one in sink.to("ann@customer.example")), when
    kinds = {entry.kind for ticket in (1, 2) for entry in desk.store.tickets.entries(ticket)}
    assert {"customer", "reply", "note", "draft"} <= kinds, when
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults()), when
    desk.store.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("pipeline", ["process", "sweep"])
def test_killed_at_any_syscall_nothing_private_leaves(
    pipeline: str, tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    template = prepared(tmp_path, sink)

    def check(folder: Path, when: str) -> None:
        checked(folder, sink, when)

    assert sweep_points(stable, pipeline, template, sink, check, 4) > 0


ANSWERS = {"taken, and hung up": HANG_UP, "later": "451 4.3.0 later", "no": "554 5.7.1 no"}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_whatever_the_mail_server_does_nothing_private_leaves(
    answer: str, tmp_path: Path, sink: SinkServer
) -> None:
    folder = prepared(tmp_path, sink)
    desk = rig.desk_in(folder)
    setattr(sink, "on_kept" if answer == HANG_UP else "on_data", lambda _: answer)
    rig.settle(desk)
    sink.on_kept = sink.on_data = None
    desk.store.close()
    if answer.startswith("5"):
        assert [] == leaked(sink)
        return
    checked(folder, sink, answer)
