"""`intake rules …`: the triage rules, and testing them on an email."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, needs_no_desk, not_found, now
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.config.sections import Settings
    from intake.desk.message import Message

COLUMNS = (Column("Rule"), Column("Conditions", gives_way=True), Column("Sets", gives_way=True))
STEPS = (
    Column("Rule"),
    Column("Matches"),
    Column("Reason", gives_way=True),
    Column("Actions", gives_way=True),
)
EXEMPT = (
    "Email of agents, leads and this desk itself, and an answer in a ticket, are only sorted by rules: none "
    "is quarantined, closed, silenced or accepted by them."
)


@needs_no_desk
@click.group()
def rules() -> None:
    """List triage rules and test them on an email."""


@rules.command("list")
@click.option("--ini", is_flag=True, help="Print them as config sections, to edit there.")
@as_json
@click.pass_obj
def list_(ctx: Invocation, ini: bool, json_: bool) -> None:
    """List triage rules in the order they are evaluated."""
    rows = list(_texts(ctx.settings()))
    if json_:
        terminal.say_json([{"rule": name, "shipped": own, "when": w, "sets": s} for name, own, w, s in rows])
    elif ini:
        for name, _, when, sets in rows:
            if name != "security":
                terminal.say(f"[rule {name}]")
                for key, value in (*when.items(), *sets.items()):
                    terminal.say(f"{key} = {value.replace(chr(10), chr(10) + '    ')}")
                terminal.say()
    else:
        terminal.table(
            COLUMNS, [(name, _line(when) or "always", _line(sets)) for name, _, when, sets in rows]
        )


def _texts(settings: "Settings") -> Iterator[tuple[str, bool, dict[str, str], dict[str, str]]]:
    """Yield each rule: its name, whether it is a shipped one, its conditions and what it sets, as texts."""
    from intake.config.sections import SECTIONS
    from intake.config.settings import written
    from intake.config.triage_keys import SETS
    from intake.desk.triage.shipped import SECURITY_WORDS, SHIPPED_RULES

    if settings.triage.security:
        words = ", ".join((*settings.triage.security_words, *SECURITY_WORDS))
        team = settings.triage.security_team
        goes = {"team": team} if team in settings.teams else {}
        sets = {"category": "security", "priority": "urgent", "tags": "security", **goes}
        yield "security", True, {"text": words}, sets
    sections = written(settings.file)
    own = {name: sections[f"rule {name}"] for name in settings.rules}
    for name, texts in (own or SHIPPED_RULES).items():
        pairs = {key.name: texts[key.name] for key in SECTIONS["rule"] if texts.get(key.name)}
        when = {key: value for key, value in pairs.items() if key not in SETS}
        yield name, not own, when, {key: pairs[key] for key in SETS if key in pairs}


def _line(texts: Mapping[str, str]) -> str:
    return "; ".join(f"{key}: {' '.join(value.split())}" for key, value in texts.items())


@rules.command("test")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--mailbox", default="", help="Mailbox it came to. Default: the first.")
@click.option("--recipient", "recipients", multiple=True, help="Envelope recipient; may be repeated.")
@click.option("--field", "fields", metavar="NAME=VALUE", multiple=True, help="Form field; may be repeated.")
@click.option("--verified/--not-verified", default=None, help="Override what the email's header says.")
@as_json
@click.pass_obj
def test(
    ctx: Invocation,
    file: Path,
    mailbox: str,
    recipients: tuple[str, ...],
    fields: tuple[str, ...],
    verified: bool | None,
    json_: bool,
) -> None:
    """Test the triage rules on an email. Nothing is stored or sent.

    FILE is the email; - is standard input. The outcome is that of a sender without tickets, who is no agent.
    """
    from intake.config.to_policy import policy_of
    from intake.desk.authorship import attributed
    from intake.desk.message import Envelope
    from intake.desk.rules.trying import tried

    settings = ctx.settings()
    if mailbox and mailbox not in settings.mailboxes:
        not_found(f"There is no mailbox {mailbox}.", f"The config has: {', '.join(settings.mailboxes)}.")
    policy, name = policy_of(settings), mailbox or next(iter(settings.mailboxes))
    raw, message = _message(file, fields)
    message = attributed(message, policy)
    if verified is None:
        vouched = _vouched(raw, message, settings.mailboxes[name].trusted_authserv)
    else:
        vouched = True if verified else None
    trial = tried(message, Envelope("ingest", name, None, recipients), policy, now(), vouched)
    result, end = trial.result, trial.end
    if json_:
        outcome = {"outcome": end.outcome.value, "rule": end.rule, "reason": end.reason}
        terminal.say_json({"file": str(file), "rules": trial.steps, "result": result, "outcome": outcome})
        return
    rows: list[tuple[Cell, ...]] = []
    for step in trial.steps:
        because = (
            f"{step.missed} does not match"
            if step.missed
            else f"the word “{step.found}”"
            if step.found
            else ""
        )
        fits: Cell = ("no", "dim") if step.missed else ("yes", "green")
        rows.append((step.rule, fits, because, _line(step.did)))
    terminal.table(STEPS, rows)
    terminal.say()
    terminal.pairs(
        [
            ("Category", result.category),
            ("Priority", result.priority),
            ("Team", result.team or policy.mailbox(name).team or "(none: all agents)"),
            ("Tags", ", ".join(result.tags)),
            ("Fields", "\n".join(f"{name}: {value}" for name, value in result.fields.items())),
            ("Outcome", f"{end.outcome.value}: {end.reason}"),
        ]
    )
    if result.handling:
        terminal.say()
        terminal.say(EXEMPT)


def _message(file: Path, fields: tuple[str, ...]) -> tuple[bytes, "Message"]:
    from dataclasses import replace

    from intake.commands.parse import read_file
    from intake.mail.parse import parse
    from intake.ports import Unreadable, UserError
    from intake.runtime.parse_sandbox import parser

    pairs = [field.partition("=") for field in fields]
    if not all(equals and name for name, equals, _ in pairs):
        raise click.UsageError("Write --field NAME=VALUE.")
    try:
        raw = read_file(file)
        message = parser(parse)(raw)
    except Unreadable as err:
        raise UserError(f"{file} cannot be read: {err}.") from err
    return raw, replace(message, fields={name: value for name, _, value in pairs})


def _vouched(raw: bytes, message: "Message", authserv: str) -> bool | None:
    """Return whether our receiving server vouches for the sender, None where it says nothing."""
    from intake.mail.authenticity import judged

    return judged(raw, message, authserv) if authserv else None
