"""Comparing a mailbox on its server with what was received: by UID, and else by content."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from intake.channels.imap_connect import connect, explain, hang_up
from intake.channels.imap_folder import Folder, Seen, archived, batches, target_folder
from intake.channels.opening import Missing
from intake.config.mailboxes import ImapMailbox
from intake.desk.message import Envelope
from intake.ports import Access, Arrival, Origin, Store, UserError

Known = Callable[[str, int], Collection[int]]
"""(folder, UIDVALIDITY) -> UIDs received from there."""
KnownBytes = Callable[[Sequence[str]], Collection[str]]
"""Digests -> those of them that were received, from wherever."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A message on the server that the ledger does not know. `arrival` is None when it is too big."""

    folder: str
    uid: int
    size: int
    arrival: Arrival | None = None


def differences(
    name: str,
    section: ImapMailbox,
    max_bytes: int,
    known: Known,
    known_bytes: KnownBytes,
    seen: Callable[[Sequence[Arrival]], object] = lambda arrivals: None,
    access: Access | None = None,
    headed: Known = lambda folder, uidvalidity: (),
) -> Iterator[Difference]:
    """Yield what is in the folders of an IMAP mailbox, `move_to` among them, and was never received.

    Changes nothing on the server. Mail older than `since` is left out, as in reading.
    `seen` gets known messages under UIDs that were not: to be noted, so that the next
    comparison need not fetch them. `headed` are those of `known` of which only the header was received: they
    are missing once they fit. Raises what imapclient raises.
    """
    envelope = Envelope(channel="imap", mailbox=name)
    client = connect(section, access)
    try:
        names = list(section.folders)
        if section.after == "move":
            names.append(target_folder(client, section.move_to))
        for place in names:
            folder = Folder(client, place, "leave")
            there = known(place, folder.uidvalidity)
            wanted = folder.waiting(None if section.archive else section.since)
            tops = headed(place, folder.uidvalidity)
            unknown = [uid for uid in wanted if uid not in there or uid in tops]
            fitting: list[Seen] = []
            for described in folder.describe(unknown):
                if archived(section, described) and not section.archive:
                    continue
                if described.size > max_bytes:
                    if described.uid not in tops:
                        yield Difference(place, described.uid, described.size)
                else:
                    fitting.append(described)
            for batch in batches(fitting):
                raws = folder.read(batch, max_bytes)
                digests = {uid: hashlib.sha256(raw).hexdigest() for uid, raw in raws.items()}
                had = known_bytes(list(digests.values()))
                old = {described.uid for described in batch if archived(section, described)}
                arrivals = {
                    uid: Arrival(
                        raw, replace(envelope, archive=uid in old), Origin(place, folder.uidvalidity, uid)
                    )
                    for uid, raw in raws.items()
                }
                seen([arrivals[uid] for uid in raws if digests[uid] in had])
                for uid, raw in raws.items():
                    if digests[uid] not in had:
                        yield Difference(place, uid, len(raw), arrivals[uid])
    finally:
        hang_up(client, politely=False)


def missing(
    name: str,
    section: ImapMailbox,
    max_bytes: int,
    store: Store,
    seen: Callable[[Sequence[Arrival]], object],
    access: Access | None = None,
) -> Iterator[Missing]:
    """Yield what `differences` does, for `intake mailbox reconcile`. Raises UserError with a cure."""

    def known(folder: str, validity: int) -> set[int]:
        return store.mailboxes.known_uids(name, folder, validity)

    def headed(folder: str, validity: int) -> set[int]:
        return store.mailboxes.oversize_uids(name, folder, validity)

    try:
        digests = store.ledger.known_digests
        for difference in differences(name, section, max_bytes, known, digests, seen, access, headed):
            yield Missing(difference.folder, difference.uid, difference.size, difference.arrival)
    except Exception as err:
        key, problem, cure = explain(err, section)
        raise UserError(f"[mailbox {name}] {key}: {problem}. {cure}") from err
