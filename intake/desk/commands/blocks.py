"""`#block`, `#unblock`, `#blocked`: senders whose mail is kept in quarantine and shown to nobody."""

from intake.desk import blocking
from intake.desk import spam as spam_ticket
from intake.desk.block_effects import Block, BlockedSender, Unblock
from intake.desk.commands.grammar import CommandContext, CommandScope, CommandSpec, Refused, alone
from intake.desk.commands.merge import ANYWAY, is_anyway
from intake.desk.commands.queries import answer
from intake.desk.effects import AddEntry, Effect
from intake.desk.lookup import LookupRequest
from intake.desk.text.said import counted, joined, said
from intake.desk.ticket import DESK, NO_TICKET, EntryKind

# So many tickets and blocks are named in one email.
MOST_TICKETS, MOST_LISTED = 5, 100


def read_block(text: str) -> str:
    """Read an address or a domain, or nothing, and the word that says that it is meant all the same."""
    who, _, last = text.strip().rpartition(" ")
    if not is_anyway(last):
        who, last = text.strip(), ""
    return f"{read_sender(who)} {ANYWAY if last else ''}".strip()


def read_sender(text: str) -> str:
    """Read an address or a domain, or nothing."""
    key = blocking.key_of(text) if text.strip(".。 ") else ""
    if not key and text.strip(".。 "):
        raise Refused(_which())
    return key


def wants_concerned(argument: str) -> LookupRequest:
    """Ask whom a block would concern."""
    return LookupRequest(concerned=frozenset({_key(argument)}))


def wants_blocks(argument: str) -> LookupRequest:
    """Ask who is blocked."""
    return LookupRequest(blocks=True)


def block(scene: CommandContext, argument: str) -> list[Effect]:
    """Block a sender; without a name this ticket's requester. A ticket of who is blocked is then spam."""
    named, ticket = _key(argument), scene.ticket
    key = named or ticket.requester.key
    if not key:
        raise Refused(_which())
    refuse(key, scene, named, argument.endswith(ANYWAY))
    reason = f"#{ticket.id}" if ticket.id != NO_TICKET else ""
    effects: list[Effect] = [Block(key, scene.by, reason)]
    # Or the ticket would stay open, and its requester's mail be seen by nobody.
    if ticket.id != NO_TICKET and key in blocking.keys_of(ticket.requester.key):
        if scene.public:
            raise Refused(
                said("a reply tells its sender that the address is in use: send it without any text")
            )
        effects += spam_ticket.mark(ticket, scene.by)
    kept = said("{sender} is blocked. Email from there is kept in quarantine.", sender=key)
    text = joined([kept, said("To undo it, send #unblock {sender}.", sender=key)])
    return [*effects, *_told(scene, "block", text, f"{key} blocked, by {scene.by}")]


def refuse(key: str, scene: CommandContext, named: str, anyway: bool) -> None:
    """Raise Refused where a block of `key` must not be made, or not without `anyway`. `named` is what was
    asked for, "" for the ticket's requester.

    From can be forged: who is to be blocked for what was written in their name may have written none of it.
    """
    why = blocking.never(key, scene.policy, scene.looked.agents)
    if why in ("public", "registry"):
        raise Refused(said("{domain} belongs to many people: block single addresses", domain=key[1:]))
    if why:
        raise Refused(
            said("{sender} covers an address of this desk, an agent, a lead or an admin", sender=key)
        )
    ticket = scene.ticket
    # It is this ticket's sender who is blocked; a domain of somebody whom we have answered is a customer's.
    spared = not key.startswith("@") or ticket.first_response_at is None
    open_ = [
        number
        for number in scene.looked.concerned.get(named, ())
        if not (number == ticket.id and (spared or ticket.spam))
    ]
    why_not: list[str] = []
    if open_:
        numbers = ", ".join(f"#{number}" for number in open_[:MOST_TICKETS])
        more = ", …" if len(open_) > MOST_TICKETS else ""
        why_not.append(
            said(
                "{sender} covers people of open tickets ({numbers}): add anyway if that is meant",
                sender=key,
                numbers=f"{numbers}{more}",
            )
        )
    if named in scene.looked.unproven:
        why_not.append(
            said(
                "what came in the name of {sender} is not proven, so the block may hit somebody who wrote "
                "none of it: add anyway if that is meant",
                sender=key,
            )
        )
    if why_not and not anyway:
        raise Refused(joined(why_not, "; "))


def unblock(scene: CommandContext, argument: str) -> list[Effect]:
    """End a block; without a name that of this ticket's requester."""
    key = argument or scene.ticket.requester.key
    if not key:
        raise Refused(_which())
    refuse_unblock(key, scene.looked.blocks)
    event = f"{key} no longer blocked, by {scene.by}"
    gone: str = said("{sender} is no longer blocked. New email from there is processed.", sender=key)
    held = next((row.held for row in scene.looked.blocks if row.key == key), 0)
    if held:
        gone = joined([gone, _still_held(held)])
    return [Unblock(key), *_told(scene, "unblock", gone, event)]


def _still_held(held: int) -> str:
    """Return how many mails of the sender stay in quarantine, and how they are processed after all."""
    return counted(
        held,
        single="{count} email from there is still in quarantine. Your admin can process it: intake "
        "quarantine list --kept shows its ID, then intake quarantine retry ID.",
        several="{count} emails from there are still in quarantine. Your admin can process them: intake "
        "quarantine list --kept shows their IDs, then intake quarantine retry ID.",
    )


def refuse_unblock(key: str, blocks: tuple[BlockedSender, ...]) -> None:
    """Raise Refused where there is no block of `key`."""
    keys = {row.key for row in blocks}
    if key in keys:
        return
    wider = next((other for other in blocking.keys_of(key) if other in keys), "")
    if wider:
        raise Refused(said("{sender} is blocked by {block}: unblock that", sender=key, block=wider))
    raise Refused(said("{sender} is not blocked", sender=key))


def blocked(scene: CommandContext, argument: str) -> list[Effect]:
    """Send the list of blocked senders."""
    rows = scene.looked.blocks
    if not rows:
        return answer(scene, NO_TICKET, "blocked", said("Nobody is blocked."))
    lines: list[str] = [said("Blocked senders: {count}", count=len(rows))]
    for row in rows[:MOST_LISTED]:
        about = f" ({row.reason})" if row.reason else ""
        lines.append(
            said(
                "{sender}: blocked by {by} on {at}{about}; emails in quarantine: {held}",
                sender=row.key,
                by=row.by,
                at=row.at,
                about=about,
                held=row.held,
            )
        )
    lines.append(said("Send #unblock with the address or domain to end a block."))
    return answer(scene, NO_TICKET, "blocked", joined(lines, "\n"))


def _told(scene: CommandContext, command: str, text: str, event: str) -> list[Effect]:
    """Return the answer to the command's agent and, in a ticket, the line in its history."""
    number = scene.ticket.id
    there = number != NO_TICKET
    history: list[Effect] = [AddEntry(number, EntryKind.EVENT, DESK, event)] if there else []
    return [*history, *(answer(scene, number, command, text) if scene.agent else ())]


def _key(argument: str) -> str:
    return argument.removesuffix(ANYWAY).strip()


def _which() -> str:
    return said("it needs an address or a domain, such as eve@example.com or example.com")


# Their rows of the table of commands.
BLOCK = CommandSpec(
    "block",
    "[ADDRESS|DOMAIN] [anyway]",
    "Quarantine all email from a sender; without an address this requester's, and close the ticket as spam.",
    "把某个发件人的来信全部隔离；不写地址则屏蔽本工单的客户，并把工单标为垃圾邮件。",
    "把某個寄件人的來信全部隔離；不寫地址則封鎖本案件的客戶，並把案件標為垃圾郵件。",
    ("屏蔽", "拉黑", "封鎖", "黑名单", "黑名單"),
    block,
    read_block,
    wants_concerned,
    CommandScope.BOTH,
)
UNBLOCK = CommandSpec(
    "unblock",
    "[ADDRESS|DOMAIN]",
    "End a block; without an address that of this requester.",
    "解除屏蔽；不写地址则解除对本工单客户的屏蔽。",
    "解除封鎖；不寫地址則解除對本案件客戶的封鎖。",
    ("解除屏蔽", "取消屏蔽", "解除封鎖", "取消封鎖"),
    unblock,
    read_sender,
    wants_blocks,
    CommandScope.BOTH,
)
BLOCKED = CommandSpec(
    "blocked",
    "",
    "Send me the list of blocked senders.",
    "列出被屏蔽的发件人。",
    "列出被封鎖的寄件人。",
    ("blocks", "屏蔽列表", "封鎖清單"),
    blocked,
    alone,
    wants_blocks,
    CommandScope.BOTH,
)
