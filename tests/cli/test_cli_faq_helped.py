"""`intake faq list` says of how many readers an article helped, and why it did not."""

from collections import Counter

import pytest
from help_desk import article

from intake.commands import faq_shown
from intake.desk.knowledge.verdicts import Reason, Tally


def test_the_list_says_how_many_were_helped_and_why_others_were_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    articles = [
        article("memo", "en", "A memo"),
        article("memo", "de", "Ein Memo"),
        article("fees", "en", "Fees"),
    ]
    said = {"memo": Tally(3, Counter({Reason.MISSING: 1, Reason.WRONG: 2}), 20)}
    rows = faq_shown.rows(articles, {"fees": 7}, said)
    reasons = [(each.reason, each.count) for each in rows[0].reasons]
    assert (3, 3, [("wrong", 2), ("missing", 1)]) == (rows[1].helped, rows[0].not_helped, reasons)
    assert (7, 0, 0, ()) == (rows[2].cited, rows[2].helped, rows[2].not_helped, rows[2].reasons)
    faq_shown.listed(rows)
    printed = capsys.readouterr().out
    assert 2 == printed.count("3 of 6")
    assert "0 of 0" not in printed
