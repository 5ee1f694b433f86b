"""`intake survey …`: the requesters' answers to satisfaction surveys."""

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, limited, needs_desk, now
from intake.terminal import Column
from intake.views import SurveyRow

COLUMNS = (
    Column("Ticket", right=True),
    Column("Score"),
    Column("Comment", gives_way=True),
    Column("Public"),
    Column("Sent", right=True),
    Column("Answered", right=True),
)


@needs_desk
@click.group()
def survey() -> None:
    """Show survey answers."""


@survey.command("list")
@click.option(
    "--all", "all_", is_flag=True, help="Include unanswered surveys, and those not sent with the reason."
)
@limited
@as_json
@click.pass_obj
def list_(ctx: Invocation, all_: bool, limit: int, json_: bool) -> None:
    """List surveys, newest first."""
    rows = ctx.desk().store.surveys.list_surveys(answered=not all_, limit=limit)
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say(
            "No surveys."
            if all_
            else "No answers yet. `intake survey list --all` shows the surveys that were sent."
        )
    else:
        terminal.table(COLUMNS, [_line(row) for row in rows])


def _line(row: SurveyRow) -> tuple[str, ...]:
    moment = now()
    answered = terminal.ago(row.answered_at, moment) if row.answered_at else "-"
    comment = row.comment or (f"(not sent: {row.skipped})" if row.skipped else "")
    return (
        str(row.ticket),
        f"{row.score} of 5" if row.score is not None else "-",
        comment,
        "yes" if row.consent else "-",
        terminal.ago(row.asked_at, moment),
        answered,
    )
