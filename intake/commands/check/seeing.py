"""What is installed to make something of files: previews of pictures, readers of PDF and of pictures."""

from intake.commands.check.findings import Finding, Findings
from intake.runtime import pdf_text, previews, screen_text


def seen_in_files() -> Findings:
    """Report what the desk makes of files, and what to install for more."""
    yield _previews()
    yield from _looked_into()


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
