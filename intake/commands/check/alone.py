"""The part of `intake check` about acts that were done without a second person."""

from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings

if TYPE_CHECKING:
    from intake.app import Desk


def done_alone(desk: "Desk") -> Findings:
    """Yield each act that was done with --break-glass until two people have acknowledged it."""
    for request in desk.database.acts.broken():
        about = f" of #{request.ticket}" if request.ticket else ""
        problem = f"act {request.id} ({request.kind}{about}) was done without a second person"
        cure = f"Two people look at it and run `intake act acknowledge {request.id}`"
        yield Finding("problem", "desk", "acts", problem, cure)
