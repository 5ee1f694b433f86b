"""The last look at an answer that is finished: nothing that agents are told may be in it."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from intake.desk.listing import HOW
from intake.desk.sensitive import leaks
from intake.rendering.sayings import in_language
from intake.rendering.templates import Renderer

# Sentences of mails to agents that stand in no mail to a customer, and what is too short to tell, in bytes.
INSIDE = (
    "notice_reply",
    "notice_nobody",
    "notice_note",
    "notice_commands",
    "notice_stranger",
    "alert_do_reply",
    "card_others",
    "confirm_how",
    "copy_lead",
)
MIN_SENTENCE = 14


class OutgoingCheck:
    """What is known of our own mails to agents: the keys of their tokens, and their words in `languages`.

    `renderers` are those of all brands: an agent may quote what they were told in another ticket.
    """

    def __init__(
        self, keys: Sequence[bytes], renderers: Iterable[Renderer], languages: Iterable[str]
    ) -> None:
        self._keys, self._renderers, self._languages = keys, tuple(renderers), tuple(languages)

    @cached_property
    def _ours(self) -> tuple[bytes, ...]:
        """What agents are told in each notification, and customers never."""
        said = [
            renderer.sentence(name, language)
            for renderer in self._renderers
            for name in INSIDE
            for language in self._languages
            if renderer.has_language(language)
        ]
        said += [in_language(HOW, language) for language in self._languages]
        squeezed = dict.fromkeys(map(leaks.squeezed, said))
        return tuple(sentence for sentence in squeezed if len(sentence) > MIN_SENTENCE)

    def check(self, raw: bytes, subject: str, text: str, outside: bool = False) -> None:
        """Look at the bytes that are to leave, and at their `text`. Raises Leaking where something is ours.

        The subject, which is also the title of the HTML, is the customer's own: where it looks like ours,
        only what the key knows counts, or whoever writes such a subject would get no answer. `outside`: it
        goes to somebody outside the ticket, who may not have a customer's token either.
        """
        if leaks.marked(text):
            raise leaks.Leaking(leaks.WORDS)
        header, _, body = raw.partition(b"\r\n\r\n")
        secret = leaks.FOR_OTHERS if outside else leaks.FOR_CUSTOMERS
        leak = leaks.held(body, self._keys, self._ours, secret)
        if leaks.keyed(header, self._keys):
            leak = leaks.TOKEN
        alike = leak and leaks.held(subject.encode("utf-8", "replace"), (), self._ours) == leak
        if alike and not leaks.keyed(raw, self._keys):
            return
        if leak:
            raise leaks.Leaking(leak)
