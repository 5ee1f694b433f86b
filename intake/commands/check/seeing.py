"""What makes something of files: previews of pictures, readers of PDF and of pictures, a scanner."""

from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings
from intake.runtime import pdf_text, previews, screen_text
from intake.sealed import age

if TYPE_CHECKING:
    from intake.config.sections import ScanSettings

# Until a scanner that does not answer is taken for one that is away.
SECONDS = 5.0


def seen_in_files(scan: "ScanSettings") -> Findings:
    """Report what the desk makes of files, what to install for more, and whether the scanner answers."""
    yield _previews()
    yield from _looked_into()
    yield from _scanner(scan)


def _scanner(scan: "ScanSettings") -> Findings:
    if scan.clamd is None:
        return
    from intake.runtime.clamd import Clamd

    try:
        version = Clamd(scan.clamd, SECONDS).version()
    except OSError as err:
        waits = "files wait for it" if scan.fail == "hold" else "files go on unscanned"
        text = f"clamd does not answer at {scan.clamd} ({err.strerror or err}); {waits}"
        yield Finding("problem", "scan", "clamd", text, "Start it: systemctl start clamav-daemon")
    else:
        yield Finding("ok", "scan", "clamd", f"files are scanned by {version}")


def _previews() -> Finding:
    missing = previews.missing()
    if not missing:
        return Finding("ok", "desk", "", "images that mail clients cannot show get a preview")
    text = f"no previews for HEIC, WebP and other images ({missing} is not installed); all else works"
    return Finding("ok", "desk", "", text, "To enable them: pip install 'intake-desk[images]'")


def _looked_into() -> Findings:
    if pdf_text.missing():
        text = "PDF files are not checked for secrets (pypdfium2 is not installed)"
        yield Finding("ok", "secrets", "", text, "To check them: pip install 'intake-desk[files]'")
    if screen_text.missing():
        text = "pictures are not checked for secrets (tesseract is not installed)"
        cure = "To check them: apt-get install tesseract-ocr"
        yield Finding("ok", "secrets", "pictures", text, cure)
    if age.missing():
        text = "messages with secrets cannot be sealed for an offline key (pyrage is not installed)"
        yield Finding("ok", "secrets", "", text, "To seal them: pip install 'intake-desk[seal]'")
