"""The words that the desk's own mails use for commands lead to these commands."""

import pytest

from intake.desk.commands.execute import read
from intake.desk.commands.grammar import CommandScope
from intake.desk.commands.hints import HINTS
from intake.desk.commands.table import COMMANDS, NAMES
from intake.rendering.sayings import in_language

WRITTEN = {
    "#zurückstellen morgen": "#snooze",
    "#später": "#snooze",
    "#beobachten": "#watch",
    "#suche Rechnung": "#search",
    "#entwurf": "#draft",
    "#rascunho": "#draft",
    "#検索請求書": "#search",
    "#下書き": "#draft",
    "#theo dõi": "#watch",
    "#tạm hoãn 2 ngày": "#snooze",
    "#отложить завтра": "#snooze",
    "#fragen bank": "#ask",
    "#ara fatura": "#search",
}


@pytest.mark.parametrize(("written", "meant"), WRITTEN.items())
def test_a_word_of_our_own_mails_leads_to_its_command(written: str, meant: str) -> None:
    asked = read(f"{written}\nprivate words")
    assert not asked.commands
    assert f"Did you mean {meant}?" in asked.problem


def test_no_hint_hides_a_name_of_a_command() -> None:
    assert [] == [word for word in HINTS if word in NAMES]
    assert set(HINTS.values()) <= {kind.name for kind in COMMANDS}


def test_a_slip_is_told_in_a_few_lines() -> None:
    lines = read("#clsoe\nBye").problem.splitlines()
    assert ["#clsoe is not a command. Did you mean #close?", "", "#help lists all commands."] == lines


@pytest.mark.parametrize(
    ("written", "where", "shown"),
    [
        ("#转给", CommandScope.TICKET, "#转给 名称|团队"),
        ("#优先级 最高", CommandScope.TICKET, "#优先级 紧急|高|普通|低"),
        ("#CLOSE now", CommandScope.TICKET, "#close"),
    ],
)
def test_a_command_is_refused_under_the_name_that_was_written(
    written: str, where: CommandScope, shown: str
) -> None:
    problem = in_language(read(written, where).problem, "zh-Hans")
    assert f"{shown}。" in problem
    assert "#assign" not in problem
    assert "#priority" not in problem
