"""Which hosts are the desk's own. Pure."""

from dataclasses import replace

from intake.desk.guard.domains import wire_host
from intake.desk.guard.lookalikes import registrable
from intake.desk.guard.policy import GuardPolicy
from intake.desk.policy import Policy
from intake.desk.public_mail import is_public


def own_hosts(policy: Policy) -> GuardPolicy:
    """Return the guard's policy with the domains of the desk's addresses; no public provider's is one."""
    boxes = (box.address for box in policy.mailboxes.values())
    domains = {wire_host(address.rpartition("@")[2]) for address in (*policy.own_addresses, *boxes)}
    own = {registrable(domain) for domain in domains if "." in domain and not is_public(domain)}
    return replace(policy.guard, own=policy.guard.own | own)
