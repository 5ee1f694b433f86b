"""By what it is known that a person wrote what stands in an entry. Pure.

It says what a message showed when it came in, no more: DKIM of customers is looked at by our own mail server
alone, and a reply address or a link proves that their reader got a mail of ours (docs/security.md).
"""

from enum import StrEnum

from intake.desk.text.said import Said, said


class Evidence(StrEnum):
    """How far the author of a customer's entry is proven; UNKNOWN where nobody noted it."""

    UNKNOWN = ""
    # Our own mail server vouches for the address (`trusted_authserv`).
    SERVER = "server"
    # Both: our server vouches for the address, and the mail came to the reply address that we mailed there.
    ROUND_TRIP = "round-trip"
    # It came to the reply address, or by the link, that only our mail to them holds.
    REPLY = "reply"
    LINK = "link"
    # The address was typed, or handed in by a program.
    FORM = "form"
    API = "api"
    # An agent forwarded it: only they say whose it is.
    FORWARDED = "forwarded"
    # Nothing vouches for it.
    NOTHING = "nothing"
    # Our own mail server found that it does not come from there.
    REFUTED = "refuted"


# By these their author is known to have sent it.
PROVEN = (Evidence.SERVER, Evidence.ROUND_TRIP, Evidence.REPLY, Evidence.LINK)
# How much each is worth. A token alone is one step, for people forward our mail; the address and
# a round trip to it together are two. Three is for what shows more than a mailbox, which nothing here does.
_LEVELS: dict[Evidence, int] = {
    Evidence.SERVER: 1,
    Evidence.REPLY: 1,
    Evidence.LINK: 1,
    Evidence.ROUND_TRIP: 2,
}
IN_WORDS: dict[Evidence, Said] = {
    Evidence.SERVER: said("proven by our mail server"),
    Evidence.ROUND_TRIP: said("proven by our mail server and by the reply address we mailed"),
    Evidence.REPLY: said("proven by the reply address we mailed"),
    Evidence.LINK: said("proven by the link we mailed"),
    Evidence.FORM: said("from a form, address not proven"),
    Evidence.API: said("from a program, address not proven"),
    Evidence.FORWARDED: said("forwarded by an agent, address not proven"),
    Evidence.NOTHING: said("address not proven"),
    Evidence.REFUTED: said("found forged by our mail server"),
}


def level(evidence: str) -> int:
    """Return the level, 0 to 2, of a word of `Evidence`; 0 for what is no such word."""
    return _LEVELS.get(Evidence(evidence), 0) if evidence in {known.value for known in Evidence} else 0


def in_words(evidence: str) -> str:
    """Return how far somebody is proven, with its level; "" where that is not known, or is no such word."""
    if evidence not in {known.value for known in IN_WORDS}:
        return ""
    return said("level {level}: {how}", level=level(evidence), how=IN_WORDS[Evidence(evidence)])
