"""Articles in the store, the same on each engine: revisions, what is live, drafts, citations, erasure."""

from datetime import timedelta

from store_bench import ANN, Bench

from intake.desk.draft_effects import Withdraw
from intake.desk.effects import AddEntry, Mail, MailKind, OpenTicket
from intake.desk.knowledge.article import Article, ArticleState, read
from intake.desk.knowledge.effects import Cite, DraftArticle
from intake.desk.ticket import EntryKind
from intake.service.shelf import ASKED_EVERY, Shelf
from intake.store import SqlStore
from intake.store.upkeep.erasure import Erasing


def article(slug: str, title: str, language: str = "en", head: str = "") -> Article:
    reading = read(slug, language, f"---\ntitle: {title}\n{head}---\nLook up the hash of {title}.\n\nMore.\n")
    assert () == reading.faults
    return reading.article


def publish(bench: Bench, *articles: Article) -> int:
    return bench.store.articles.publish(articles, "Anna", bench.now, "command line")


def live(bench: Bench) -> dict[str, str]:
    return {
        f"{item.slug}.{item.language}.{item.revision}": item.title for item in bench.store.articles.live()
    }


def test_the_newest_revision_of_a_slug_and_language_is_live_and_each_is_kept_whole(bench: Bench) -> None:
    articles = bench.store.articles
    assert ((), (), 0) == (articles.live(), articles.drafts(), articles.revision())
    first = article("memo", "A memo")
    assert 2 == publish(bench, first, article("memo", "备注", "zh-Hans"))
    before = articles.revision()
    bench.later(hours=1)
    assert 1 == publish(bench, article("memo", "No memo"), article("memo", "备注", "zh-Hans"))
    assert articles.revision() > before
    assert {"memo.en.2": "No memo", "memo.zh-Hans.1": "备注"} == live(bench)
    oldest = articles.history("memo")[-1]
    assert (first.text, first.sha256, 1, "Anna") == (
        oldest.text,
        oldest.sha256,
        oldest.revision,
        oldest.by,
    )
    assert timedelta(hours=1) == bench.now - (oldest.published_at or bench.now)
    acts = [row.what for row in bench.store.upkeep.list_audit(limit=9)]
    assert [f"published articles memo.en 2 ({article('memo', 'No memo').sha256[:12]})"] == [
        act for act in acts if "memo.en 2" in act
    ]


def test_publishing_what_is_live_already_changes_nothing_and_says_nothing(bench: Bench) -> None:
    publish(bench, article("memo", "A memo"))
    acts = len(bench.store.upkeep.list_audit(limit=9))
    assert 0 == publish(bench, article("memo", "A memo"))
    assert {"memo.en.1": "A memo"} == live(bench)
    assert acts == len(bench.store.upkeep.list_audit(limit=9))


def test_a_withdrawn_article_is_live_nowhere_until_it_is_published_again(bench: Bench) -> None:
    publish(bench, article("memo", "A memo"), article("memo", "备注", "zh-Hans"), article("gas", "Gas"))
    publish(bench, article("memo", "No memo"))
    withdraw = bench.store.articles.withdraw
    assert 0 == withdraw("nothing", "", "Anna", bench.now, "command line")
    assert 1 == withdraw("memo", "zh-Hans", "Anna", bench.now, "command line")
    assert {"gas.en.1": "Gas", "memo.en.2": "No memo"} == live(bench)
    assert 1 == withdraw("memo", "", "Anna", bench.now, "command line")
    assert {"gas.en.1": "Gas"} == live(bench)
    states = {item.state for item in bench.store.articles.history("memo")}
    assert {ArticleState.WITHDRAWN} == states
    assert "withdrew articles memo.en 2" in bench.store.upkeep.list_audit(limit=1)[0].what
    publish(bench, article("memo", "No memo"))
    assert {"gas.en.1": "Gas", "memo.en.3": "No memo"} == live(bench)


def test_a_draft_is_seen_by_nobody_until_its_text_is_published(bench: Bench) -> None:
    publish(bench, article("memo", "A memo"))
    draft = article("memo", "No memo")
    bench.apply(DraftArticle("memo", "en", draft.text, "Wei"))
    assert {"memo.en.1": "A memo"} == live(bench)
    (kept,) = bench.store.articles.drafts()
    assert (draft.text, 2, "Wei", ArticleState.DRAFT) == (kept.text, kept.revision, kept.by, kept.state)
    publish(bench, kept)
    assert {"memo.en.3": "No memo"} == live(bench)
    assert () == bench.store.articles.drafts()


def test_citations_are_counted_by_slug_since_a_day(bench: Bench) -> None:
    bench.apply(OpenTicket("Late", ANN, "en", "support", "", "imap"))
    bench.apply(Cite(1, "memo", "en", 1, None), Cite(1, "gas", "en", 1, None))
    bench.later(days=2)
    bench.apply(Cite(1, "memo", "en", 2, None))
    cited = bench.store.articles.cited
    assert {"gas": 1, "memo": 2} == cited(bench.now - timedelta(days=3))
    assert {"memo": 1} == cited(bench.now - timedelta(days=1))


def test_an_answer_that_is_taken_back_cites_nothing(bench: Bench) -> None:
    agent = bench.store.agents.add("wei@desk.example", "Wei", (), bench.now)
    bench.apply(OpenTicket("Late", ANN, "en", "support", "", "imap"))
    bench.apply(Cite(1, "gas", "en", 1, agent.id))
    bench.later(minutes=1)
    reply = AddEntry(1, EntryKind.REPLY, agent.as_address, "See memo.", "See memo.", agent=agent.id)
    mails = bench.apply(reply, Mail(MailKind.RELAY, 1, ANN, "relay:1"), Cite(1, "memo", "en", 1, agent.id))
    (entry,) = [row.id for row in bench.store.tickets.entries(1) if row.kind is EntryKind.REPLY]
    bench.apply(Withdraw(1, entry, mails.outbox_ids, restore=False))
    assert {"gas": 1} == bench.store.articles.cited(bench.now - timedelta(days=1))


def test_an_erased_ticket_takes_the_articles_made_of_it_and_its_citations_along(bench: Bench) -> None:
    if not isinstance(bench.store, SqlStore):
        return  # memory erases nothing
    bench.apply(OpenTicket("Late", ANN, "en", "support", "", "imap"))
    publish(bench, article("memo", "A memo", head="kind: case\nticket: #1\n"), article("gas", "Gas"))
    publish(bench, article("memo", "备注", "zh-Hans"))
    bench.apply(Cite(1, "gas", "en", 1, None))
    before = bench.store.articles.revision()
    Erasing(bench.store.db, bench.store.blobs).erase([1], ANN.mailbox, (), b"k" * 32, "Anna", bench.now)
    assert {"gas.en.1": "Gas"} == live(bench)
    assert {("", ArticleState.WITHDRAWN)} == {
        (item.text, item.state) for item in bench.store.articles.history("memo")
    }
    assert {} == bench.store.articles.cited(bench.now - timedelta(days=1))
    assert bench.store.articles.revision() > before
    assert [] == bench.faults()


def test_a_process_asks_seldom_what_changed_and_knows_it_seconds_later(bench: Bench) -> None:
    publish(bench, article("memo", "A memo"))
    clock = [5.0]
    shelf = Shelf(bench.store.articles, "en", lambda: clock[0])
    first = shelf.library()
    assert ["memo"] == list(first.slugs)
    bench.store.articles.withdraw("memo", "", "Anna", bench.now, "command line")
    assert first is shelf.library()
    clock[0] += ASKED_EVERY
    assert [] == list(shelf.library().slugs)
