"""What a row of the record says, and checkpoints as others read them."""

import base64

import pytest

from intake.desk.record.checkpoint import Checkpoint, key_id, note, notes_in, verifier_key
from intake.desk.record.leaf import Statement, body, commitment, dangerous, digest_of

PUBLIC = bytes(range(32))
MADE = Checkpoint("intake-desk/0011223344556677", 7, b"r" * 32)
NOTE = note(MADE, PUBLIC, b"s" * 64)


def test_a_row_has_one_form_and_names_nobody() -> None:
    statement = Statement("audit", 3, 5, plain={"ticket": 9, "authority": "ü"}, values={"who": "Anna"})
    assert (
        '{"at":5,"by":0,"kind":"audit","plain":{"authority":"ü","ticket":9},"row":3,'
        '"sealed":{"who":"ab"},"seq":2,"why":""}' == body(2, statement, {"who": "ab"})
    )
    assert "Anna" not in body(2, statement, {"who": "ab"})


def test_a_commitment_tells_values_names_and_salts_apart() -> None:
    made = {
        commitment(salt, name, value)
        for salt in (b"1" * 16, b"2" * 16)
        for name in ("who", "what")
        for value in ("Anna", "Ben", "")
    }
    assert 12 == len(made)
    assert digest_of("ab", "c") != digest_of("a", "bc")


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    text, signature = NOTE.split("\n\n")
    root = base64.b64encode(b"r" * 32).decode()
    assert ["intake-desk/0011223344556677", "7", root] == text.splitlines()
    dash, name, value = signature.split()
    assert ("\u2014", MADE.origin) == (dash, name)
    assert key_id(MADE.origin, PUBLIC) + b"s" * 64 == base64.b64decode(value)


def test_the_key_of_the_standards_example_has_its_number() -> None:
    # c2sp.org/signed-note, "Verifier keys": PeterNeumann+c74f20a3+…
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    assert verifier_key("PeterNeumann", public).startswith("PeterNeumann+c74f20a3+ARpc2QcU")


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Some words.\n\n{}\nMore words.\n",
        "Quoted:\n> {quoted}",
        "{crlf}",
        "{}\n{}",
    ],
)
def test_notes_are_read_out_of_what_carries_them(around: str) -> None:
    text = around.replace("{quoted}", NOTE.strip().replace("\n", "\n> "))
    text = text.replace("{crlf}", NOTE.replace("\n", "\r\n")).replace("{}", NOTE)
    notes = notes_in(text)
    assert {MADE} == {read.checkpoint for read in notes}
    assert all(MADE.text() == read.text for read in notes)
    assert all(b"s" * 64 == read.signatures[0].value for read in notes)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\nseven\n"),
        NOTE.split("\n\n")[0],
        NOTE.replace("\u2014 ", "- "),
        MADE.text() + "\n\u2014 name !!\n",
        MADE.text() + "\n\u2014 name AA==\n",
    ],
)
def test_what_is_no_note_is_passed_over(wrong: str) -> None:
    assert [] == notes_in(wrong)


def test_what_cannot_be_taken_back_is_followed_by_a_checkpoint() -> None:
    assert dangerous("erased 1 ticket, 2 messages and 3 emails")
    assert not dangerous("backed up into /srv")
