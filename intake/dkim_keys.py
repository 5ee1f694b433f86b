"""Public keys of senders' domains, from the DNS: the one home of dnspython.

Asked only for mail that claims to be an agent's reply, so a handful of names; kept for a while.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import dns.exception
import dns.resolver

from intake.ports import Temporary

# All tries together; processing waits for it, outside of any transaction.
TIMEOUT = 4.0
# Keys change rarely, but a withdrawn one must stop working the same day.
KEEP_SECONDS = 3600.0
KEEP_NOTHING_SECONDS = 300.0
MOST = 500


class DkimKeys:
    """Looks TXT records up and remembers them. Safe for several threads."""

    def __init__(
        self,
        resolve: Callable[[str], bytes | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`resolve` returns the record of a name, None for none, or raises Temporary."""
        self._resolve, self._clock = resolve or _txt, clock
        self._known: OrderedDict[str, tuple[float, bytes | None]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, name: str) -> bytes | None:
        """Return the TXT record of `name`, None when there is none. Raises Temporary when nobody answers."""
        name = name.lower()
        with self._lock:
            until, record = self._known.get(name, (0.0, None))
            if self._clock() < until:
                return record
        record = self._resolve(name)
        kept = KEEP_SECONDS if record is not None else KEEP_NOTHING_SECONDS
        with self._lock:
            self._known[name] = (self._clock() + kept, record)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return record


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
