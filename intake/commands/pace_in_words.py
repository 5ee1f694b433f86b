"""How fast the desk decides, what that waits for, and what to add. docs/scale.md explains the thresholds."""

from dataclasses import dataclass

from intake.views import Pace

# Nothing need be added while what comes is decided on within so many seconds: a sweep comes every five.
WAITS_SECONDS = 10
# Deciding that is at work for this share of the time has no room to catch up.
BUSY = 0.8
# Without these waits deciding would be half as fast again, and more.
WRITER = 0.4
# Half of the most that a batch holds: the others of the last minutes were full.
FULL = 25
# As many are passed over as are taken up.
KEYS = 0.5


@dataclass(frozen=True, slots=True)
class Lately:
    """The pace of the last minutes, of the `processes` that decided. Shares are of 1.

    `key_wait_share`: of the messages looked at, those that had to wait for another with a key of theirs.
    `writer_wait_share`: of the time of deciding, that of waiting for the writer (SQLite).
    `busy_share`: of all time, that of deciding.
    """

    per_second: float
    mean_batch: float
    key_wait_share: float
    writer_wait_share: float
    busy_share: float
    processes: int


def lately(pace: Pace) -> Lately | None:
    """Return it, None where nothing was decided lately."""
    deciding = [sums for sums in pace.lately.values() if sums.get("batches") and sums.get("seconds")]
    if not deciding:
        return None

    def whole(name: str) -> float:
        return sum(sums.get(name, 0) for sums in deciding)

    # Who waits for keys may find nothing to take up, and decide on nothing.
    passed_over = sum(sums.get("key_waits", 0) for sums in pace.lately.values())
    return Lately(
        per_second=sum(sums.get("decided", 0) / sums["seconds"] for sums in deciding),
        mean_batch=whole("batch_sizes") / whole("batches"),
        key_wait_share=_share(passed_over, passed_over + whole("batch_sizes")),
        writer_wait_share=_share(whole("decide_writer_wait_seconds"), whole("decide_seconds")),
        busy_share=_share(whole("decide_seconds"), whole("seconds")),
        processes=len(deciding),
    )


def advice(now: Lately | None, decide_age: int, several: bool) -> str:
    """Return what to add, in a sentence; "" where nothing need be.

    `decide_age` is how long the oldest message has been waiting, in seconds; `several` says whether any
    number of processes may decide (PostgreSQL).
    """
    if now is None or decide_age < WAITS_SECONDS:
        return ""
    if not several:
        if now.writer_wait_share >= WRITER:
            waits = f"Deciding waits for the writer {now.writer_wait_share:.0%} of the time"
            return f"{waits}: move to PostgreSQL (`intake move`)."
        if now.busy_share >= BUSY:
            return (
                "One process decides, and is busy all the time: a faster processor or disk helps, or "
                "PostgreSQL (`intake move`), where several decide."
            )
    elif now.mean_batch >= FULL:
        return "Batches are full and mail waits: start another `intake worker`, where a processor is idle."
    elif now.key_wait_share >= KEYS:
        return "Most waits are for keys: the mail is of few conversations, and more workers do not help."
    elif now.busy_share >= BUSY:
        return (
            "Deciding is busy all the time and mail waits: start another `intake worker`, where a processor "
            "is idle."
        )
    return ""


def in_words(now: Lately, several: bool) -> str:
    """Return the figures on a line."""
    waits = f"{now.key_wait_share:.0%} waited for keys"
    if not several:
        waits = f"{now.writer_wait_share:.0%} of it waiting for the writer"
    return (
        f"{now.per_second:.1f} a second in {now.processes} process{'' if now.processes == 1 else 'es'}, "
        f"{now.mean_batch:.1f} a batch, busy {now.busy_share:.0%}, {waits}"
    )


def _share(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole else 0.0
