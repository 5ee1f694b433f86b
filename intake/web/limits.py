"""How many messages one address on the net may send through the form. In memory, bounded."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

# (messages, seconds). A person who writes more often than this has a mail program.
RULES = ((5, 60), (20, 3600))
# Sources remembered; beyond it the one heard of longest ago is forgotten.
MAX_SOURCES = 10_000


class RateLimit:
    """Counts by IPv4 address or IPv6 /64. Each process counts for itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def hit(self, ip: str) -> int:
        """Count one message from `ip` and return 0, or return how many seconds it has to wait."""
        now, source = self._clock(), source_of(ip)
        with self._lock:
            times = self._seen.setdefault(source, deque(maxlen=RULES[-1][0]))
            self._seen.move_to_end(source)
            while len(self._seen) > MAX_SOURCES:
                self._seen.popitem(last=False)
            wait = 0.0
            for most, seconds in RULES:
                if len(times) >= most:
                    wait = max(wait, times[-most] + seconds - now)
            if wait > 0:
                return int(wait) + 1
            times.append(now)
            return 0


def source_of(ip: str) -> str:
    """Return what is counted for `ip`: one household is handed a whole IPv6 /64."""
    try:
        address = ip_address(ip.partition("%")[0])
    except ValueError:
        return "?"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
