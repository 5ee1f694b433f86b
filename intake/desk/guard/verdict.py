"""What stands in an agent's words before they leave, and what they therefore need."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intake.desk.guard import wallets
from intake.desk.guard.anchors import Anchor, anchors
from intake.desk.guard.domains import Lead, below, leads, target, u_labels
from intake.desk.guard.files import dangerous
from intake.desk.guard.folding import visible
from intake.desk.guard.lookalikes import imitated
from intake.desk.guard.policy import GuardPolicy, Need
from intake.desk.message import Attachment
from intake.desk.text.said import Joined, joined, said

# A field of a canned response, as intake/desk/commands/canned.py has them.
_FIELD = re.compile(r"\{[a-z]+(?:\.[^{}\s]{1,60})?\}")
# So many reasons are told of one kind.
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What leaves: its text, its HTML as it came, its files, and the subjects that go with it."""

    text: str
    html: str = ""
    files: Sequence[Attachment] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the policy: `heard` is what customers wrote in the ticket, `approved` are texts
    that may go out as they are, `people` the mail addresses (lower-cased) of who is in the ticket."""

    heard: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands there (G2 to G7 of docs/security.md) and what it needs; `why` is told to its agent."""

    name: str
    need: Need
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that was seen."""

    findings: tuple[Finding, ...] = ()

    @property
    def need(self) -> Need:
        """What the mail needs before it may leave."""
        return max((finding.need for finding in self.findings), default=Need.NOTHING)

    @property
    def asks(self) -> bool:
        """Whether somebody's yes lets it leave."""
        return self.need < Need.REFUSED

    @property
    def why(self) -> Joined:
        """The reasons for that, in sentences."""
        return joined([finding.why for finding in self.findings if finding.need is not Need.NOTHING])

    @property
    def names(self) -> str:
        """The names of what was seen, for a log: "G3, G6"."""
        return ", ".join(dict.fromkeys(finding.name for finding in self.findings))


def judge(words: Words, known: Known, policy: GuardPolicy) -> Verdict:
    """Return what stands in words that are to leave. Pure, linear; follows no link."""
    said_there = "\n\n".join((without(words.text, known.approved), *words.subjects))
    names = [_spoken(file.name) for file in words.files]
    # A name that looks like a host's is mostly one of an app: in a file's name only a whole link leads.
    text = "\n\n".join((said_there, *names))
    shown = list(anchors(words.html, words.text))
    own = [target_ for anchor in shown if (target_ := target(anchor.target)) is not None]
    # A link whose words are its target is in both.
    leading = [name for name in names if "://" in name or "@" in name]
    places = list(dict.fromkeys([*leads("\n\n".join((said_there, *leading))), *own]))
    made = [
        *_asks(text, policy),
        *_disguised(shown, policy),
        *_leads(places, known, policy),
        *_elsewhere(text, places, policy),
        *_wallets(text, known, policy),
        *_files(words.files, policy),
    ]
    return Verdict(tuple(finding for finding in made if finding.need is not Need.NOTHING))


def _spoken(name: str) -> str:
    """Return the name of a file as a reader says it, without its ending and with blanks between its words."""
    return re.sub(r"[_+]|%20|(?<=\w)-(?=\w)", " ", name.rpartition(".")[0] or name)


def without(text: str, approved: Iterable[str]) -> str:
    """Return a text without the lines that an approved one brings; what stands around them stays."""
    for answer in approved:
        pieces = [piece for piece in _FIELD.split(answer.strip()) if piece is not None]
        if any(piece.strip() for piece in pieces):
            text = re.sub(
                "(.{0,200}?)".join(_loose(piece) for piece in pieces), _fields, text, flags=re.DOTALL
            )
    return text


def _loose(piece: str) -> str:
    """Return a pattern for a piece, whose blanks are as the mail's client broke the lines."""
    return r"\s+".join(re.escape(word) for word in re.split(r"\s+", piece))


def _fields(match: re.Match[str]) -> str:
    """Return what stood in the fields: that was not approved."""
    return "\n".join(("", *match.groups(), ""))


def _asks(text: str, policy: GuardPolicy) -> Iterator[Finding]:
    # Its patterns are loaded with the first answer: 1 MB in each process.
    from intake.desk.guard.asks import asked

    sentence = asked(text) if policy.need("asks") else ""
    if sentence:
        why = said(
            "It seems to ask the customer for a secret: “{text}”. Nobody at a help desk needs a recovery "
            "phrase, a private key or a password.",
            text=sentence,
        )
        yield Finding("G2", policy.need("asks"), why)


def _disguised(shown: Iterable[Anchor], policy: GuardPolicy) -> Iterator[Finding]:
    if not policy.need("links"):
        return
    for anchor in shown:
        goal = target(anchor.target)
        named = leads(anchor.shown)
        if goal is None or not named:
            continue
        same = (goal.address in (named[0].address, "")) if named[0].address else not goal.address
        if not same or _bare(named[0].host) != _bare(goal.host):
            why = said(
                "A link shows {shown} and leads to {target}: write the link plainly.",
                shown=visible(anchor.shown).strip()[:100],
                target=goal.address or u_labels(goal.host),
            )
            yield Finding("G4", Need.REFUSED, why)
            return


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _leads(places: Sequence[Lead], known: Known, policy: GuardPolicy) -> Iterator[Finding]:
    if not policy.need("links"):
        return
    from intake.desk.guard import elsewhere

    listed = policy.hosts | policy.own
    foreign = [
        lead
        for lead in places
        if not below(lead.host, listed)
        and lead.host not in elsewhere.HOSTS
        and lead.address not in known.people
    ]
    for lead in foreign:
        ours = imitated(lead.host, policy.own)
        if ours:
            why = said(
                "{host} looks like {ours} and is not ours.", host=u_labels(lead.host), ours=u_labels(ours)
            )
            yield Finding("G5", Need.REFUSED, why)
            return
    names = list(dict.fromkeys(lead.address or u_labels(lead.host) for lead in foreign))[:MOST_TOLD]
    if names:
        why = said("It leads to {hosts}, which the desk does not know.", hosts=", ".join(names))
        yield Finding("G3", policy.need("links"), why)


def _elsewhere(text: str, places: Sequence[Lead], policy: GuardPolicy) -> Iterator[Finding]:
    if not policy.need("channels"):
        return
    from intake.desk.guard import elsewhere, remote

    chats = (
        lead.host
        for lead in places
        if not lead.address and below(lead.host, elsewhere.HOSTS) and not below(lead.host, policy.hosts)
    )
    words = next(chats, "") or elsewhere.led(text)
    if words:
        why = said("It asks the customer to go on in another channel: “{text}”.", text=words)
        yield Finding("G3", policy.need("channels"), why)
    words = remote.worked(text)
    if words:
        why = said("It asks the customer to let somebody work their device: “{text}”.", text=words)
        yield Finding("G3", policy.need("channels"), why)


def _wallets(text: str, known: Known, policy: GuardPolicy) -> Iterator[Finding]:
    if not policy.need("addresses"):
        return
    unknown = wallets.unknown(text, known.heard, policy.wallets)
    if unknown:
        why = said(
            "The address {address} stands neither in what the customer wrote nor on the desk's list.",
            address=", ".join(unknown[:MOST_TOLD]),
        )
        yield Finding("G6", policy.need("addresses"), why)


def _files(files: Sequence[Attachment], policy: GuardPolicy) -> Iterator[Finding]:
    if not policy.need("files"):
        return
    names = [file.name for file in files if dangerous(file) and _digest(file) not in policy.digests]
    if names:
        why = said(
            "A file can run programs, or nobody can look into it: {names}.",
            names=", ".join(names[:MOST_TOLD]),
        )
        yield Finding("G7", policy.need("files"), why)


def _digest(file: Attachment) -> str:
    return hashlib.sha256(file.content).hexdigest()
