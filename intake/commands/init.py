"""`intake init`: ask the questions of a new desk and write a working config."""

import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from intake import terminal
from intake.channels.registry import CHANNELS
from intake.commands import init_accounts
from intake.commands.common import Invocation, needs_no_desk, now
from intake.commands.init_accounts import NONE
from intake.commands.init_questions import QUESTIONS, Question
from intake.config.oauth_keys import PREFIX
from intake.folders import private_folder
from intake.ports import UserError

# Sections of the example that every config has; of its mailboxes only one kind is kept.
_ALWAYS = ("desk", "store", "queue", "web", "smtp")


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for question in reversed(QUESTIONS):
        variable = f"INTAKE_{question.name.upper()}" if question.hidden else None
        kind = click.Choice(question.choices) if question.choices else None
        words = question.asked + (
            f"; safer in ${variable}, where other users cannot see it" if variable else ""
        )
        command = click.option(
            question.option, question.name, type=kind, default=None, envvar=variable, help=f"{words}."
        )(command)
    return command


@needs_no_desk
@click.command()
@_options
@click.option("--yes", is_flag=True, help="Do not prompt; use the options and defaults.")
@click.option("--force", is_flag=True, help="Overwrite an existing config.")
@click.pass_obj
def init(ctx: Invocation, /, yes: bool, force: bool, **options: str | None) -> None:
    """Create a config, a key and a data folder. Every question is also an option."""
    path = (ctx.named or Path("intake.ini")).absolute()
    if path.exists() and not force:
        raise UserError(
            f"{path} already exists. For another place: intake --config FILE init; or give --force."
        )
    # A variable may be there for another command.
    source = click.get_current_context().get_parameter_source
    said = [name for name in options if source(name) is ParameterSource.COMMANDLINE]
    answers = _answers(options, yes, said)
    text = render(example().read_text(encoding="utf-8"), answers, now().date().isoformat())
    _install(path, text, force)
    from intake.config.settings import load
    from intake.key_file import signing_keys

    data: Path = load(path).desk.data
    try:
        private_folder(data)
        signing_keys(data)
    except OSError as err:
        raise UserError(f"{data} cannot be created: {err.strerror}. Give another --data folder.") from err
    where = "" if path == Path("intake.ini").absolute() else f" --config {path}"
    terminal.say(f"Wrote {path} (mode 0600) and the key in {data}; keep both private and backed up.")
    terminal.say("\nNext:")
    for account in init_accounts.names(answers):
        page = init_accounts.PAGES[init_accounts.provider(answers)]
        terminal.say(f"  intake{where} oauth login {account}    log in; {page} shows the way")
    terminal.say(f"  intake{where} check                       check that everything works")
    terminal.say(f"  intake{where} agent add you@example.com   add an agent, then: intake{where} run")


def _answers(options: Mapping[str, str | None], yes: bool, said: Collection[str]) -> dict[str, str]:
    """Return an answer to each question; those `said` on the command line are never dropped silently."""
    answers: dict[str, str] = {}
    missing: list[str] = []
    for question in QUESTIONS:
        idle = question.idle(answers)
        if idle:
            if question.name in said:
                raise click.UsageError(f"{question.option} has an effect only with {idle}.")
            continue
        value = options[question.name]
        if value is None:
            value = question.default(answers)
            if question.instead and options[question.instead] is not None:
                value = NONE
            if question.hidden and value:
                value = _same(question, value, yes)
            elif not yes and not (question.hidden and value is not None):
                kinds = click.Choice(question.choices) if question.choices else None
                # What is wrong is told at once, not after the last question.
                reads = question.answer if question.reads else None
                value = click.prompt(
                    question.asked, default=value, hide_input=question.hidden, type=kinds, value_proc=reads
                )
            elif value is None:
                missing.append(question.option)
                value = ""
        answers[question.name] = _one_line(question, str(value))
    if missing:
        raise click.UsageError(f"--yes needs these options: {', '.join(missing)}")
    return answers


def _same(question: Question, value: str, yes: bool) -> str:
    """Return the password that is proposed, or another that is typed; none is taken without a word."""
    if yes:
        terminal.say(f"{question.asked}: using {question.same}, because the user is the same.")
        return value
    asked = f"{question.asked}, empty for {question.same}"
    return str(click.prompt(asked, default="", hide_input=True, show_default=False)) or value


def _one_line(question: Question, value: str) -> str:
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in value):
        raise click.UsageError(
            f"{question.asked}: line breaks and control characters are not allowed in the config."
        )
    return value.strip()


def example() -> Path:
    """Return the file that documents every key; it travels with the package, or stands beside it."""
    import intake

    for folder in intake.__path__:
        path = Path(folder) / "config.example.ini"
        if path.is_file():
            return path
    raise UserError("config.example.ini did not come with this installation. Install Intake again.")


def render(text: str, answers: Mapping[str, str], today: str) -> str:
    """Return the example `text` with the answers in it, and only the mailbox that was asked for.

    `today` (YYYY-MM-DD) becomes the first day whose mail is answered.
    """
    kind = answers["type"]
    values = _values(answers, kind, today)
    kept = [
        f"# Written by `intake init` on {today}. Any password can be kept elsewhere:\n"
        "# password_file = FILE or password_env = VARIABLE.\n"
        "# After a change: `intake check`, then restart `intake run`.\n\n"
    ]
    for block in re.split(r"(?m)^(?=\[)", text):
        section = block.partition("]")[0].lstrip("[")
        if section == "mailbox support":
            # The keys of every type stand in the first mailbox, before its own.
            common = block.partition(CHANNELS["imap"].example)[0]
            kept.append(_filled(common + CHANNELS[kind].example, values["mailbox"]))
        elif section.startswith("oauth "):
            kept += [_filled(each, filled) for each, filled in init_accounts.sections(block, answers)]
        elif section in _ALWAYS:
            kept.append(_filled(block, values.get(section, {})))
    return "".join(kept).rstrip() + "\n"


def _values(answers: Mapping[str, str], kind: str, today: str) -> dict[str, dict[str, str]]:
    user = answers["smtp_user"]
    # Keys that its channel does not have are not filled in.
    mailbox = {"type": kind, "address": answers["address"], "team": "", "accept": answers["address"]}
    mailbox |= {ask.key: answers.get(f"{kind}_{ask.key}", "") for ask in CHANNELS[kind].asks}
    mailbox["auth"] = _auth(answers, "imap_oauth")
    mailbox["since"] = today
    if answers.get("trusted_authserv", NONE) != NONE:
        mailbox["trusted_authserv"] = answers["trusted_authserv"]
    return {
        "desk": {
            **{key: answers[key] for key in ("name", "address", "language", "timezone", "data")},
            "signature": answers["name"],
        },
        "web": {
            "enabled": answers["web"],
            "port": answers["port"],
            "base_url": answers.get("base_url", NONE).removeprefix(NONE),
        },
        "smtp": {
            **{key: answers[f"smtp_{key}"] for key in ("host", "port", "security")},
            "user": "" if user == NONE else user,
            "auth": _auth(answers, "smtp_oauth"),
            "password": answers.get("smtp_password", ""),
        },
        "mailbox": mailbox,
    }


def _auth(answers: Mapping[str, str], key: str) -> str:
    account = answers.get(key, NONE)
    return "password" if account == NONE else f"{PREFIX}{account}"


def _filled(block: str, values: Mapping[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        key = match[1]
        return f"{key} = {values[key]}".rstrip() if key in values else match[0]

    return re.sub(r"(?m)^([a-z_]+) =.*$", fill, block)


def _install(path: Path, text: str, force: bool) -> None:
    """Write the config, private from its first byte, and only if it is one that loads."""
    from intake.config.settings import ConfigError, load

    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Who runs the desk may be another user than who writes this; the file itself is private.
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        load(draft)
        if force:
            os.replace(draft, path)
        else:
            os.link(draft, path)
    except ConfigError as err:
        raise UserError(f"These answers do not make a valid config; nothing was written.\n{err}") from err
    except OSError as err:
        raise UserError(
            f"{path} cannot be written: {err.strerror}. For another place: intake --config FILE init."
        ) from err
    finally:
        draft.unlink(missing_ok=True)
