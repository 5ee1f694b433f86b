"""Tickets found by their words, on both engines; erased ones by none."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engines import ON_SQL
from store_bench import ANN, NOW, Bench

from intake.desk.effects import AddEntry, Amend, OpenTicket
from intake.desk.message import Address, Attachment
from intake.desk.ticket import EntryKind
from intake.store import search as store_search
from intake.store.schema.search import SearchText, TicketTag
from intake.store.schema.tables import Meta
from intake.store.search import SearchIndex
from intake.store.upgrade.reindex import again
from intake.store.upkeep.erasure import Erasing
from intake.views import TicketFilter

WANG = Address("Wang.Wu@Kunde.example", "王五")


def said(text: str, ticket: int | None = None, kind: EntryKind = EntryKind.CUSTOMER, **more: Any) -> AddEntry:
    return AddEntry(ticket, kind, ANN, text, "", **more)


def opened(bench: Bench, subject: str, text: str, who: Address = ANN, **more: Any) -> int:
    applied = bench.apply(OpenTicket(subject, who, "en", "support", "", "imap", **more), said(text))
    assert applied.ticket_id is not None
    return applied.ticket_id


@pytest.fixture
def filled(bench: Bench) -> Bench:
    """Tickets 1 to 5, and what was written in them."""
    opened(bench, "Printer smokes", "It smokes badly. Private key on it.")
    opened(bench, "打印机坏了", "我的打印机今天冒烟了，助记词被盗。", WANG)
    opened(bench, "Drucker", "Der Schlüssel ist weg, und Äpfel auch")
    opened(bench, "プリンター", "ログインできません")
    opened(bench, "", "key private; SMOKE! tx 0xabcdef0123456789")
    bench.apply(said("Please restart it", 1, EntryKind.REPLY))
    bench.apply(said("a colleague burnt his fingers", 1, EntryKind.NOTE))
    bench.apply(said("invoice.pdf was there", 1, EntryKind.EVENT))
    attached = (Attachment("Rechnung-März.pdf", "application/pdf", b"x"),)
    bench.apply(said("see the file", 3, attachments=attached))
    return bench


FOUND: list[tuple[str, list[int]]] = [
    ("smokes", [1]),
    ("SMOKE", [5]),
    ("smok*", [5, 1]),
    ("private key", [5, 1]),
    ('"private key"', [1]),
    ("printer restart", [1]),
    ("colleague", [1]),
    ("invoice", []),
    ("打印机", [2]),
    ("印机", [2]),
    ("机印", []),
    ("打印 被盗", [2]),
    ("打印被盗", []),
    ("盗", [2]),
    ("ログイン", [4]),
    ("schlussel", [3]),
    ("SCHLÜSSEL apfel", [3]),
    ("märz", [3]),
    ("Rechnung-März.pdf", [3]),
    ("wang.wu@kunde.example", [2]),
    ("kunde", [2]),
    ("王五", [2]),
    ("0xABCDEF0123456789", [5]),
    ("zebra", []),
    ("smokes zebra", []),
    ("?! ' \" * % _ \\ :* & | ( )", []),
    ("smokes'; DROP TABLE ticket; --", []),
    ("NEAR(smokes badly)", []),
    ("x\x00y", []),
]


def test_what_is_found(filled: Bench) -> None:
    store = filled.store
    assert FOUND == [(asked, store.listing.search(asked)) for asked, _ in FOUND]
    listed = [(asked, store.listing.find_tickets(TicketFilter(search=asked))) for asked, _ in FOUND]
    assert FOUND == [(asked, [row.id for row in rows]) for asked, rows in listed]
    assert [] == store.listing.search("")


def test_the_newest_come_first_and_no_more_than_asked(filled: Bench) -> None:
    for _ in range(3):
        opened(filled, "again", "smokes")
    assert [8, 7] == filled.store.listing.search("smokes", 2)


def test_a_changed_subject_is_found(filled: Bench) -> None:
    filled.apply(Amend(4, {"subject": "Scanner"}))
    assert [4] == filled.store.listing.search("scanner")


def test_a_decision_that_is_undone_leaves_no_words(filled: Bench) -> None:
    with filled.store.transaction():
        with pytest.raises(LookupError), filled.store.savepoint():
            filled.store.apply([said("zebra", 1), said("x", 99)], filled.compose, NOW)
        filled.store.apply([said("giraffe", 1)], filled.compose, NOW)
    assert ([], [1]) == (filled.store.listing.search("zebra"), filled.store.listing.search("giraffe"))


def test_a_flood_in_one_ticket_ends_somewhere(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_search, "MOST_WORDS", 100)
    number = opened(bench, "flood", "first")
    for place in range(30):
        bench.apply(said(f"word{place} again", number))
    assert [number] == bench.store.listing.search("word1")
    assert [] == bench.store.listing.search("word29")


def test_a_text_without_end_is_cut(bench: Bench) -> None:
    number = opened(bench, "log", "first " + "x" * 200_000 + " last")
    assert [number] == bench.store.listing.search("first")
    assert [] == bench.store.listing.search("last")


def erase(bench: Bench, tickets: list[int], address: str = "", messages: tuple[int, ...] = ()) -> None:
    erasing = Erasing(bench.store.db, bench.store.blobs)
    erasing.erase(tickets, address, messages, b"k" * 32, "root", bench.now)


@ON_SQL
def test_what_is_erased_is_found_by_nothing(filled: Bench) -> None:
    erase(filled, [2], "wang.wu@kunde.example")
    assert [] == filled.store.listing.search("打印机")
    assert [] == filled.store.listing.search("kunde")
    assert [1] == filled.store.listing.search("smokes")
    assert [] == filled.store.db.rows(SearchText.select().where(SearchText.ticket == 2))


@ON_SQL
def test_what_somebody_wrote_in_another_ticket_is_found_no_more(filled: Bench) -> None:
    filled.apply(AddEntry(1, EntryKind.CUSTOMER, WANG, "zebra", ""))
    assert [1] == filled.store.listing.search("zebra")
    erase(filled, [], "wang.wu@kunde.example")
    assert ([], [1]) == (filled.store.listing.search("zebra"), filled.store.listing.search("smokes"))


@ON_SQL
def test_nothing_of_the_erased_stays_in_the_files_of_sqlite(filled: Bench) -> None:
    if filled.store.db.postgres:
        return
    secret = b"zebrastripe"
    for place in range(20):
        opened(filled, "animal", f"zebrastripe{place} lives here")
    erase(filled, list(range(6, 26)))
    Erasing(filled.store.db, filled.store.blobs).scrub()
    filled.store.close()
    for path in filled.data.glob("intake.db*"):
        assert secret not in path.read_bytes(), path.name


@ON_SQL
def test_an_old_database_is_made_searchable_when_it_is_opened(
    filled: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.store import open_store
    from intake.store.upgrade import reindex

    filled.apply(Amend(3, {"tags": ("a", "b")}))
    db = filled.store.db
    with filled.store.transaction():
        SearchIndex(db, filled.store.blobs).forget_words(range(1, 6))
        db.run(TicketTag.delete())
        db.run(Meta.delete().where(Meta.name == "search"))
    if not db.postgres:
        db.sql("DROP TABLE search")
    filled.store.close()
    monkeypatch.setattr(reindex, "BATCH", 2)
    monkeypatch.setattr(reindex, "PROGRESS", 0.0)
    with caplog.at_level("INFO"):
        store = open_store(filled.url, filled.data)
    assert [5, 1] == store.listing.search("private")
    assert [1] == store.listing.search("colleague")
    assert [3] == [row.id for row in store.listing.find_tickets(TicketFilter(tag="b"))]
    lines = [record for record in caplog.records if "searchable" in record.message]
    assert [2, 4, 5] == [record.done for record in lines]  # type: ignore[attr-defined]
    store.close()


@ON_SQL
def test_a_search_made_anew_finds_the_same(filled: Bench) -> None:
    assert 5 == again(filled.store.db, filled.store.blobs)
    assert [5, 1] == filled.store.listing.search("private")


@ON_SQL
def test_without_fts5_the_words_are_read(filled: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    if filled.store.db.postgres:
        return
    monkeypatch.setattr(store_search, "has_fts5", lambda db: False)
    from intake.store import open_store

    with closing(open_store("sqlite:///plain.db", filled.data)) as store:
        bench = replace(filled, store=store, url="sqlite:///plain.db")
        opened(bench, "打印机", "private key")
        bench.apply(said("zebra", 1))
        for asked, found in (("印机", [1]), ('"private key"', [1]), ("zeb*", [1]), ("ze", []), ("key x", [])):
            assert found == store.listing.search(asked), asked


@ON_SQL
def test_a_backup_brings_the_search_along(filled: Bench, tmp_path: Path) -> None:
    if filled.store.db.postgres:
        return
    from intake.store import open_store
    from intake.store.upkeep import backup

    (filled.data / "secret.key").write_text("00" * 32)
    (filled.data / "blobs").mkdir(exist_ok=True)
    target, elsewhere = tmp_path / "copy", tmp_path / "elsewhere"
    target.mkdir()
    elsewhere.mkdir()
    backup.backup(filled.store, filled.url, filled.data, target, NOW)
    backup.restore(filled.url, elsewhere, target, NOW)
    with closing(open_store(filled.url, elsewhere)) as store:
        assert [2] == store.listing.search("打印机")


@pytest.mark.parametrize("words", [("a", "b"), ()])
def test_tags_follow_the_ticket(bench: Bench, words: tuple[str, ...]) -> None:
    number = opened(bench, "x", "y", tags=("a", "old"))
    bench.apply(Amend(number, {"tags": words}))
    rows: Callable[[str], list[int]] = lambda tag: [  # noqa: E731
        row.id for row in bench.store.listing.find_tickets(TicketFilter(tag=tag))
    ]
    assert ([number] if words else [], []) == (rows("a"), rows("old"))
