"""How many posts are taken: from one place on the net, for one typed address, of one opened form.

The store counts, in one table for all processes, so the limits hold whatever the load. It
counts keyed hashes, and forgets them after a day.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from intake.desk.ceilings import ceiling_key

if TYPE_CHECKING:
    from intake.app import Desk

Rule = tuple[int, int]
Rules = dict[str, Sequence[Rule]]

HOUR, DAY = 3600, 86_400
# A form that was sent may be corrected and sent again; who goes on opens another one.
PER_FORM = ((3, DAY),)
# Of a network, without proof of work, while everything is under pressure.
PER_NETWORK_UNPROVEN = ((2, HOUR),)
MINUTE = timedelta(minutes=1)


class Limits:
    """Makes and asks the rules of the config. `key` hides what is counted."""

    def __init__(self, desk: "Desk") -> None:
        self._desk, self._key, self._form = desk, desk.keys[-1], desk.settings.form

    def post(self, ip: str, address: str = "", form: str = "", proven: bool = True) -> Rules:
        """Return the rules for a post from `ip`; `address` was typed, `form` is the key of the opened form.

        `proven`: work was done for it, or none was asked for.
        """
        source = source_of(ip)
        rules: Rules = {
            self._name("source", source): (
                (self._form.per_network_minute, 60),
                (self._form.per_network_hour, HOUR),
            )
        }
        if address:
            rules[self._name("address", ceiling_key(address))] = ((self._form.per_address_hour, HOUR),)
        if form:
            rules[self._name("form", form)] = PER_FORM
            rules[self._name("posts")] = ()
        if not proven:
            rules[self._name("unproven", source)] = PER_NETWORK_UNPROVEN
        return rules

    def api(self, key: int, per_hour: int, address: str) -> Rules:
        """Return the rules for a ticket that the holder of an API key opens for `address`."""
        return {
            self._name("api", str(key)): ((per_hour, HOUR),),
            self._name("address", ceiling_key(address)): ((self._form.per_address_hour, HOUR),),
        }

    def check(self, ip: str) -> Rules:
        """Return the rules for asking from `ip` whether an email was ours."""
        return {self._name("check", source_of(ip)): ((5, 60), (60, HOUR))}

    def attempt(self, ip: str) -> Rules:
        """Return the rule for wrong API keys from `ip`: nobody mistypes one ten times a minute."""
        return {self._name("attempt", source_of(ip)): ((10, 60),)}

    def wait(self, rules: Mapping[str, Sequence[Rule]]) -> int:
        """Return how many seconds to wait until all rules have room; counts nothing."""
        return self._desk.store.web.wait(rules, self._now())

    def used(self, form: str) -> bool:
        """Whether an opened form was sent before: then the same post again may be known already."""
        since = self._now() - timedelta(seconds=DAY)
        return self._desk.store.web.count(self._name("form", form), since) > 0

    def hit(self, rules: Mapping[str, Sequence[Rule]]) -> int:
        """Count one post under each rule and return 0, or return how many seconds it has to wait."""
        return self._desk.store.web.admit(rules, self._now())

    def pressure(self) -> bool:
        """Whether so many forms were taken in the last minute that each has to show some work."""
        how = self._form.work
        if how != "auto":
            return bool(how == "always")
        lately = self._desk.store.web.count(self._name("posts"), self._now() - MINUTE)
        return lately >= int(self._form.pressure_per_minute)

    def _now(self) -> datetime:
        clock: Callable[[], datetime] = self._desk.service.clock
        return clock()

    def _name(self, kind: str, value: str = "") -> str:
        text = f"intake-hit-v1 {kind} {value}".encode("utf-8", "replace")
        return f"{kind}:{hmac.new(self._key, text, hashlib.sha256).hexdigest()[:32]}"


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
