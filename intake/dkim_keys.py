"""Public keys of senders' domains, from the DNS: the one home of dnspython.

Asked only for mail that claims to be an agent's reply, so a handful of names; kept for a while.
The asking is done by threads beside the road of the mail: whoever wants a key waits a moment for
it, and not even that while the DNS is silent.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import dns.exception
import dns.resolver

from intake.ports import Temporary, Underway

# All tries for one name together.
TIMEOUT = 4.0
# An answer of the DNS comes within this nearly always; who asks waits for it, once, and no longer.
MOMENT = 0.3
# Names that are asked for at once; more wait for their turn.
AT_ONCE = 8
# Keys change rarely, but a withdrawn one must stop working the same day.
KEEP_SECONDS = 3600.0
KEEP_NOTHING_SECONDS = 300.0
# That nobody answered is known for so long: until all who asked have come by again.
KEEP_SILENCE_SECONDS = 10.0
MOST = 500


@dataclass(slots=True)
class _Question:
    ended: threading.Event = field(default_factory=threading.Event)
    record: bytes | None = None
    failed: Exception | None = None

    def answer(self) -> bytes | None:
        if self.failed is not None:
            raise Temporary(str(self.failed)) from self.failed
        return self.record


class DkimKeys:
    """Looks TXT records up and remembers them. Safe for several threads."""

    def __init__(
        self,
        resolve: Callable[[str], bytes | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        moment: float = MOMENT,
    ) -> None:
        """`resolve` returns the record of a name, None for none, or raises Temporary.

        `moment`: how long, in seconds, a caller waits for an answer.
        """
        self._resolve, self._clock, self._moment = resolve or _txt, clock, moment
        self._known: OrderedDict[str, tuple[float, _Question]] = OrderedDict()
        self._asked: dict[str, _Question] = {}
        self._silent = False
        self._lock = threading.Lock()

    def __call__(self, name: str) -> bytes | None:
        """Return the TXT record of `name`, None when there is none.

        Raises Underway when the answer does not come at once, and Temporary when nobody answered.
        """
        name = name.lower()
        with self._lock:
            until, known = self._known.get(name, (0.0, None))
            if known is not None and self._clock() < until:
                return known.answer()
            question = self._asked.get(name)
            if question is None:
                if len(self._asked) >= AT_ONCE:
                    # Whichever ends first makes room.
                    raise Underway(
                        "other names are being looked up", next(iter(self._asked.values())).ended.wait
                    )
                question = _Question()
                work = threading.Thread(target=self._ask, args=(name, question), name="dns", daemon=True)
                try:
                    work.start()
                except RuntimeError as err:
                    raise Temporary("there is no room for another thread") from err
                self._asked[name] = question
            patience = 0.0 if self._silent else self._moment
        if not question.ended.wait(patience):
            self._silent = True
            raise Underway("the key of the sender is being looked up", question.ended.wait)
        return question.answer()

    def _ask(self, name: str, question: _Question) -> None:
        try:
            question.record = self._resolve(name)
        except Exception as err:
            # Told to whoever wants the key; it is tried again with the mail.
            question.failed = err
        kept = KEEP_SECONDS if question.record is not None else KEEP_NOTHING_SECONDS
        kept = KEEP_SILENCE_SECONDS if question.failed is not None else kept
        with self._lock:
            self._silent = question.failed is not None
            self._known[name] = (self._clock() + kept, question)
            self._known.move_to_end(name)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
            del self._asked[name]
        question.ended.set()


def _txt(name: str) -> bytes | None:
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=TIMEOUT, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.Timeout, dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration) as err:
        raise Temporary(f"the DNS does not answer ({type(err).__name__})") from err
    except (dns.exception.DNSException, OSError, UnicodeError):
        # A name that cannot be one has no key.
        return None
    # Several records: the first is the key's, as RFC 6376 section 3.6.2.2 leaves it undefined.
    return b"".join(bytes(piece) for piece in answer[0].strings)
