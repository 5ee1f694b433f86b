"""Commands among colleagues: to watch a ticket, and to answer the customer where a colleague asks."""

from intake.desk.commands.grammar import CommandContext, CommandSpec, Refused, alone
from intake.desk.effects import AddEntry, Effect
from intake.desk.people_effects import Unwatch, Watch
from intake.desk.ticket import DESK, Agent, EntryKind, Ticket


def watch(scene: CommandContext, argument: str) -> list[Effect]:
    """Let the acting agent watch the ticket: they get its notifications as its assignee does."""
    agent, ticket = _acting(scene), scene.ticket
    if agent.id in {watcher.id for watcher in ticket.watchers}:
        return []
    return [Watch(ticket.id, agent), _event(ticket, f"{agent.name or agent.address} watches this ticket")]


def unwatch(scene: CommandContext, argument: str) -> list[Effect]:
    """Let the acting agent no longer watch the ticket."""
    agent, ticket = _acting(scene), scene.ticket
    if agent.id not in {watcher.id for watcher in ticket.watchers}:
        return []
    name = agent.name or agent.address
    return [Unwatch(ticket.id, agent), _event(ticket, f"{name} no longer watches this ticket")]


def _acting(scene: CommandContext) -> Agent:
    if scene.agent is None:
        raise Refused("no agent given: use --as")
    return scene.agent


def _event(ticket: Ticket, text: str) -> Effect:
    return AddEntry(ticket.id, EntryKind.EVENT, DESK, text)


def _in_reading(scene: CommandContext, argument: str) -> list[Effect]:
    """Do nothing here: it says where the text below goes, and `from_mail` looks for it."""
    return []


REPLY = CommandSpec(
    "reply",
    "",
    "Send the text below to the customer, in reply to an email in which a colleague asks you.",
    "同事询问您的邮件里：下面的文字发给客户，而不是作为内部备注。",
    "同事詢問您的郵件裡：下面的文字寄給客戶，而不是作為內部備註。",
    ("回复", "答复", "回覆"),
    _in_reading,
    alone,
)
COLLEAGUES: tuple[CommandSpec, ...] = (
    CommandSpec(
        "watch",
        "",
        "Send me this ticket's notifications, as its assignee gets them.",
        "关注这张工单：我会像负责人一样收到它的通知。",
        "關注此案件：我會像負責人一樣收到它的通知。",
        ("follow", "关注", "關注", "追蹤"),
        watch,
        alone,
        first=True,
    ),
    CommandSpec(
        "unwatch",
        "",
        "Take me off those who watch this ticket.",
        "取消关注这张工单。",
        "取消關注此案件。",
        ("unfollow", "取消关注", "取消關注", "取消追蹤"),
        unwatch,
        alone,
        first=True,
    ),
)
