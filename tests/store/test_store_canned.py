"""Canned responses that agents keep, and their older versions; on both engines and in memory."""

from store_bench import Bench

from intake.desk.canned_texts import MAX_OLDER, DropCanned, SaveCanned
from intake.desk.lookup import LookupRequest


def texts(bench: Bench) -> dict[tuple[str, str], str]:
    wanted = LookupRequest(canned=True)
    looked = bench.store.lookups.look_up(wanted, None, None, bench.now).canned
    assert looked == bench.store.lookups.canned()
    return {(item.name, item.language): item.text for item in looked}


def test_a_text_is_kept_by_name_and_language_and_found_when_asked_for(bench: Bench) -> None:
    bench.apply(SaveCanned("refund", "", "We pay.", "Anna"), SaveCanned("refund", "de", "Wir zahlen.", "Wei"))
    bench.apply(SaveCanned("hours", "", "From 9 to 5.", "Anna"))
    assert {
        ("hours", ""): "From 9 to 5.",
        ("refund", ""): "We pay.",
        ("refund", "de"): "Wir zahlen.",
    } == texts(bench)
    assert () == bench.store.lookups.look_up(LookupRequest(), None, None, bench.now).canned


def test_saving_over_a_text_keeps_the_older_one(bench: Bench) -> None:
    bench.apply(SaveCanned("refund", "", "We pay.", "Anna"), SaveCanned("refund", "de", "Wir zahlen.", "Wei"))
    bench.later(hours=1)
    bench.apply(SaveCanned("refund", "", "We pay at once.", "Wei"))
    assert {("refund", ""): "We pay at once.", ("refund", "de"): "Wir zahlen."} == texts(bench)
    (older,) = bench.store.lookups.older_canned("refund")
    assert ("We pay.", "Anna", bench.now) == (older.text, older.by, older.replaced_at)


def test_deleting_one_language_leaves_the_others_and_deleting_keeps_the_text(bench: Bench) -> None:
    bench.apply(SaveCanned("refund", "", "We pay.", "Anna"), SaveCanned("refund", "de", "Wir zahlen.", "Wei"))
    bench.apply(DropCanned("refund", "de"))
    assert {("refund", ""): "We pay."} == texts(bench)
    bench.apply(DropCanned("refund"))
    assert {} == texts(bench)
    assert ["Wir zahlen.", "We pay."] == [old.text for old in bench.store.lookups.older_canned("refund")]


def test_of_older_texts_so_many_are_kept(bench: Bench) -> None:
    for number in range(MAX_OLDER + 3):
        bench.apply(SaveCanned("refund", "", f"Text {number}", "Anna"))
    older = bench.store.lookups.older_canned("refund")
    assert [f"Text {number}" for number in range(MAX_OLDER + 1, 1, -1)] == [old.text for old in older]


def test_only_an_agent_who_was_made_one_is_an_editor(bench: Bench) -> None:
    agents = bench.store.agents
    agents.add("anna@desk.example", "Anna", (), bench.now)
    assert not agents.by_address("anna@desk.example").editor
    assert agents.change("anna@desk.example", editor=True)
    assert agents.by_address("anna@desk.example").editor
    assert [True] == [row.editor for row in agents.list_agents() if row.address == "anna@desk.example"]
