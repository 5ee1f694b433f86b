"""What a scanner for malware says of a file. Pure."""

from dataclasses import dataclass, replace

from intake.desk.sensitive.reading import CLEAN, CLOSED, FileState, Reading


@dataclass(frozen=True, slots=True)
class Verdict:
    """`malware` is what it calls what it found, "" for nothing; `whole` is False where it did not look
    through all of it."""

    malware: str = ""
    whole: bool = True


def judged(reading: Reading | None, verdict: Verdict, engine: str) -> Reading:
    """Return what is known of a file once it was scanned too; None: it was not to be looked into otherwise.

    `engine` says who scanned it, with its version.
    """
    if verdict.malware:
        return Reading(FileState.MALWARE, malware=verdict.malware, scanned=engine)
    made = reading or CLEAN
    if not verdict.whole and made.state is FileState.CLEAN:
        made = CLOSED
    return replace(made, scanned=engine)
