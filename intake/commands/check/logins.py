"""The part of `intake check` that looks at accounts with tokens: [oauth NAME], and who logs in by them."""

from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings
from intake.commands.common import now
from intake.config.oauth_keys import PREFIX

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.config.sections import Settings
    from intake.ports import Access

_ROAD = (
    "if this login ends, nobody can be told by mail: it leaves by the same account",
    "Set [page] webhook, to ntfy or a pager, say; /readyz and `intake status` tell of it too",
)


def logins(settings: "Settings", desk: "Desk | None") -> Findings:
    """Say of each account whether it is logged in to, and what of it ends soon. Asks nobody else."""
    if desk is None or not settings.oauth:
        return
    from intake.oauth.standing import State, standings

    for standing in standings(settings, desk.accounts.tokens()):
        section = f"oauth {standing.name}"
        if not standing.used_by:
            cure = f"Write auth = {PREFIX}{standing.name} into a mailbox or [smtp], or remove the section"
            yield Finding("warning", section, "", "nothing logs in by it", cure)
        if standing.state is State.OK and standing.row.refreshed_at is None:
            # The desk logs in to such an account by itself, when it first needs to.
            text = f"has no token yet; `intake oauth test {standing.name}` tries to get one"
            yield Finding("ok", section, "", text)
        elif standing.state is State.OK:
            yield Finding("ok", section, "", "the account is logged in to")
        else:
            level = "problem" if standing.out else "warning"
            yield Finding(level, section, "", standing.problem, standing.cure)
        for end in standing.ends:
            if end.step(now()) is not None:
                over = end.at <= now()
                text = end.text(standing.name, now())
                yield Finding("problem" if over else "warning", section, "", text, end.cure)
        if standing.sends and not settings.page.webhook:
            yield Finding("warning", section, "", *_ROAD)


def access_for(desk: "Desk | None", auth: str) -> "Access | None":
    """Return what gives the tokens of an account; None for a password, and where there is no desk."""
    return desk.accounts.access(auth) if desk is not None and auth else None


def untold(section: str, auth: str) -> Finding:
    """Return that a login with a token cannot be tried without a desk."""
    text = f"the login by {PREFIX}{auth} was not tried: the database holds the token"
    return Finding("warning", section, "auth", text, "Fix what is wrong above first")
