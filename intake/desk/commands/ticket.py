"""What commands do to their ticket: its state, its assignee, its properties."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from intake.desk import lifecycle
from intake.desk import spam as spam_ticket
from intake.desk import undo as undoing
from intake.desk.agent_effects import SetLanguage
from intake.desk.commands import lists, time_expressions, time_words
from intake.desk.commands.grammar import CommandContext, Refused
from intake.desk.effects import AddEntry, Amend, Effect, Mail, MailKind, SetStatus
from intake.desk.lookup import MINE
from intake.desk.mails import alerts
from intake.desk.sensitive.scan import NEVER, find
from intake.desk.text.argument_words import native
from intake.desk.text.language import LANGUAGES, nearest
from intake.desk.text.language_names import NAMES, tag_called
from intake.desk.text.said import said
from intake.desk.ticket import DESK, NO_TICKET, Agent, EntryKind, Status
from intake.desk.ticket import PRIORITIES as ORDER

PRIORITIES = {
    **{"urgent": "urgent", "紧急": "urgent", "緊急": "urgent", "加急": "urgent"},
    **{"high": "high", "高": "high"},
    **{
        "normal": "normal",
        "medium": "normal",
        "普通": "normal",
        "一般": "normal",
        "中": "normal",
        "正常": "normal",
    },
    **{"low": "low", "低": "low"},
    **native(*ORDER),
}
SWITCH = {
    **native("off", "on"),
    **dict.fromkeys(("off", "no", "关", "关闭", "關", "關閉", "否"), "off"),
    **dict.fromkeys(("on", "yes", "开", "打开", "開", "開啟", "打開", "是"), "on"),
}
MAX_SUBJECT = 200
# At most this much of a withdrawn reply is quoted in the alert about it, as of a draft.
MAX_SHOWN = 4000
MAX_TAGS, MAX_TAG = 20, 40
_SEPARATORS = re.compile(r"[\s,;，、；]+")
# What `#my` sets.
_OWN = ("language", "lang", *native("language"))


def close(scene: CommandContext, argument: str) -> list[Effect]:
    """Close the ticket and tell its requester; a closed one stays closed."""
    done = lifecycle.close(scene.ticket, scene.by, scene.key)
    return done or [SetStatus(scene.ticket.id, Status.CLOSED)]


def reopen(scene: CommandContext, argument: str) -> list[Effect]:
    """Reopen the ticket; a merged one is unmerged."""
    if scene.ticket.merged_into:
        text = f"unmerged from #{scene.ticket.merged_into}"
        parted = _amended(scene, text, Amend(scene.ticket.id, {"merged_into": None}))
        return [*parted, SetStatus(scene.ticket.id, Status.OPEN)]
    done = lifecycle.reopen(scene.ticket, scene.by, scene.key)
    return done or [SetStatus(scene.ticket.id, Status.OPEN)]


def mine(scene: CommandContext, argument: str) -> list[Effect]:
    """Assign the ticket to the acting agent; where there is no ticket, list theirs."""
    if scene.agent is None:
        raise Refused("no agent given: use --as")
    if scene.ticket.id == NO_TICKET:
        return lists.list_(scene, MINE)
    ticket, last = scene.ticket, scene.looked.last
    return lifecycle.assign(ticket, scene.agent, "", scene.by, scene.key, notify=False, last=last)


def assign(scene: CommandContext, argument: str) -> list[Effect]:
    """Give the ticket to an agent, by name or address, or to a team."""
    ticket, last = scene.ticket, scene.looked.last
    whom = agent_called(argument, scene.team) or agent_called(argument, scene.looked.agents)
    if whom is not None:
        notify = scene.agent is None or whom.id != scene.agent.id
        return lifecycle.assign(ticket, whom, "", scene.by, scene.key, notify=notify, last=last)
    team = team_called(argument, tuple(scene.policy.teams))
    if team:
        members = [member for member in scene.looked.agents if not member.teams or team in member.teams]
        tell = [member for member in members if scene.agent is None or member.id != scene.agent.id]
        return lifecycle.assign(ticket, None, team, scene.by, scene.key, members=tell, last=last)
    raise Refused(_nobody_called(argument, scene))


def _nobody_called(name: str, scene: CommandContext) -> str:
    names = ", ".join(member.name for member in scene.team or scene.looked.agents)
    agents = names or said("nobody")
    if not scene.policy.teams:
        return said(
            "no agent or team is called “{name}”, or several are. Agents here: {agents}",
            name=name,
            agents=agents,
        )
    return said(
        "no agent or team is called “{name}”, or several are. Agents here: {agents}. Teams: {teams}",
        name=name,
        agents=agents,
        teams=", ".join(scene.policy.teams),
    )


def priority(scene: CommandContext, argument: str) -> list[Effect]:
    """Set how urgent the ticket is."""
    return _amended(scene, f"priority {argument}", Amend(scene.ticket.id, {"priority": argument}))


def without_secret(text: str, kinds: Sequence[str] = NEVER) -> str:
    """Return what an agent gave a command to keep; raises Refused where a secret stands in it, of `kinds`
    (none: of any).

    Tags are kept word for word, where no phrase is known for one.
    """
    if any(not kinds or secret.kind in kinds for secret in find(text)):
        raise Refused(said("a recovery phrase, a private key or a card number stands in the text"))
    return text


def read_tags(text: str) -> str:
    """Read tags: words separated by spaces or commas, with a minus before one to remove."""
    without_secret(text)
    tags = [_tag(word) for word in _SEPARATORS.split(text) if word]
    if not tags:
        raise Refused(said("it needs one or more words"))
    if any(len(word) > MAX_TAG for word in tags):
        raise Refused(said("a tag has at most {count} characters", count=MAX_TAG))
    return " ".join(tags)


def _tag(word: str) -> str:
    word = unicodedata.normalize("NFKC", word).strip("#").casefold()
    # Telephones make a dash of a minus.
    return f"-{word[1:].strip('#')}" if word[:1] in ("-", "–", "—", "−") else word.removeprefix("+")


def tag(scene: CommandContext, argument: str) -> list[Effect]:
    """Add tags and remove those with a minus."""
    words = argument.split()
    away = {word[1:] for word in words if word.startswith("-")}
    tags = dict.fromkeys((*scene.ticket.tags, *(word for word in words if word and not word.startswith("-"))))
    kept = tuple(word for word in tags if word not in away)
    if len(kept) > MAX_TAGS:
        raise Refused(said("a ticket has at most {count} tags", count=MAX_TAGS))
    return _amended(scene, f"tags: {', '.join(kept) or 'none'}", Amend(scene.ticket.id, {"tags": kept}))


def snooze(scene: CommandContext, argument: str) -> list[Effect]:
    """Hide the ticket until a moment, given in the desk's time zone."""
    zone = scene.zone
    until = time_expressions.until(argument, scene.now, zone)
    if until is None:
        raise Refused(
            said(
                "“{text}” is not a date or time within a year. Write it like {examples}",
                text=argument,
                examples=time_words.EXAMPLES,
            )
        )
    text = f"snoozed until {until.astimezone(zone):%A, %Y-%m-%d %H:%M %Z}"
    return _amended(scene, text, Amend(scene.ticket.id, {"snoozed_until": until}))


def subject(scene: CommandContext, argument: str) -> list[Effect]:
    """Change the subject."""
    words = without_secret("".join(c if c.isprintable() else " " for c in argument)).split()
    text = " ".join(words)[:MAX_SUBJECT]
    return _amended(scene, f"subject {text!r}", Amend(scene.ticket.id, {"subject": text}))


def language(scene: CommandContext, argument: str) -> list[Effect]:
    """Write to the requester in another language."""
    return lifecycle.speak(scene.ticket, known_language(scene, argument), scene.by)


def language_called(name: str, known: Sequence[str]) -> str:
    """Return the one of the languages `known` that is meant, by its code or its name in any
    of our languages; "" for none."""
    return nearest(tag_called(name) or name.strip(), tuple(known))


def known_language(scene: CommandContext, argument: str) -> str:
    """Return the language of the desk that is meant. Raises Refused where it has none of that name."""
    known = scene.policy.languages
    code = language_called(argument, known)
    if not code:
        raise Refused(
            said("no templates for “{name}”. Available: {codes}", name=argument, codes=", ".join(known))
        )
    return code


def read_mine(text: str) -> str:
    """Read `language CODE`, what an agent sets for themselves; a code alone will do."""
    first, _, rest = text.partition(" ")
    code = (rest if first.casefold().rstrip(":：") in _OWN else text).strip(" .。")
    if not code:
        raise Refused(said("it needs {what}", what=said("a language: {codes}", codes=", ".join(LANGUAGES))))
    return f"language {code}"


def my(scene: CommandContext, argument: str) -> list[Effect]:
    """Write to the acting agent in a language of their own from now on; the answer is in it already."""
    if scene.agent is None:
        raise Refused("no agent given: use --as")
    code = known_language(scene, argument.removeprefix("language "))
    text = said(
        "Emails from this desk to you are in this language from now on: {code}.", code=NAMES.get(code, code)
    )
    return [
        SetLanguage(scene.agent.id, code),
        Mail(
            MailKind.ANSWER,
            NO_TICKET,
            scene.agent.as_address,
            f"answer:my:{scene.key}",
            agent=replace(scene.agent, language=code),
            text=text,
            event="my",
        ),
    ]


def survey(scene: CommandContext, argument: str) -> list[Effect]:
    """Turn the ticket's survey on or off."""
    change = Amend(scene.ticket.id, {"survey_off": argument == "off"})
    return _amended(scene, f"survey {argument}", change)


def spam(scene: CommandContext, argument: str) -> list[Effect]:
    """Close the ticket silently: no email to its requester, no survey."""
    if scene.public:
        raise Refused(
            said("a reply to spam tells its sender that the address is in use: send it without any text")
        )
    return spam_ticket.mark(scene.ticket, scene.by)


def notspam(scene: CommandContext, argument: str) -> list[Effect]:
    """Bring a ticket back that was taken for spam: from now on it is treated as if it came now."""
    ticket = scene.ticket
    if not ticket.spam:
        raise Refused(said("the ticket is not marked as spam"))
    box = scene.policy.mailbox(ticket.mailbox)
    # A reply in the same email says more than an acknowledgement.
    answers = box.acknowledge and not scene.public
    return spam_ticket.bring_back(ticket, scene.by, scene.key, scene.looked.last, scene.team, answers)


def escalate(scene: CommandContext, argument: str) -> list[Effect]:
    """Make the ticket urgent, open an escalation, and notify the team lead, or the whole team."""
    if scene.ticket.status is Status.CLOSED:
        raise Refused(said("the ticket is closed: write #reopen above it"))
    return lifecycle.call_for_help(
        scene.ticket, argument, scene.by, scene.key, scene.policy, scene.team, scene.now, scene.looked.agents
    )


def undo(scene: CommandContext, argument: str) -> list[Effect]:
    """Withdraw the agent's own newest reply, which becomes a draft; they are asked about it, unless the same
    email brings the better reply: that the first was too late to be taken back they would be told.

    Their yes sends it after all, and a better text takes its place.
    """
    ticket = scene.ticket
    effects = undoing.undo(ticket, scene.relayed, scene.by, scene.agent)
    if not effects:
        raise Refused(said("no reply of yours is waiting to be sent; #drafts lists your drafts"))
    text = said(
        "The reply in ticket #{number} was withdrawn before it was sent. It is kept as a draft.",
        number=ticket.id,
    )
    agents = [scene.agent] if scene.agent and not scene.public else []
    entry, words = (scene.relayed.entry, scene.relayed.text) if scene.relayed else (0, "")
    asking = [
        replace(mail, event="confirm", draft=entry, quoted=words.strip()[:MAX_SHOWN])
        for mail in alerts(ticket.id, agents, text, f"undo:{scene.key}")
        if isinstance(mail, Mail)
    ]
    return [*effects, *asking]


def team_called(name: str, teams: Sequence[str]) -> str:
    """Return the team of that name, written in any case, "" when there is none."""
    wanted = name.strip().removeprefix("team ").strip().casefold()
    return next((team for team in teams if team.casefold() == wanted), "")


def agent_called(name: str, team: Sequence[Agent]) -> Agent | None:
    """Return the one agent of that name or address, written in any case; None when it is not one."""
    wanted = name.strip().lower()
    agents = [agent for agent in team if wanted in (agent.address.lower(), agent.name.lower())] or [
        # A first name will do where only one has it.
        agent
        for agent in team
        if wanted in (agent.address.lower().partition("@")[0], agent.name.lower().partition(" ")[0])
    ]
    return agents[0] if len(agents) == 1 else None


def _amended(scene: CommandContext, text: str, change: Amend) -> list[Effect]:
    event = AddEntry(scene.ticket.id, EntryKind.EVENT, DESK, f"{text}, by {scene.by}")
    return [change, event]
