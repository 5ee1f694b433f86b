"""The reference at the foot of a customer's mail, where reply addresses carry no tokens. Pure.

It stands above the signature in the text, for mail programs leave out of a quote what is below "-- ".
"""

from dataclasses import replace

from intake.rendering.templates import RenderedMail

_SIGNATURE = "\n-- \n"
_END = "</div>\n</body>"


def footed(letter: RenderedMail, reference: str) -> RenderedMail:
    """Return a mail with `reference` at its foot; as it is without text or reference.

    Templates are an admin's too, and theirs need not know of it: it is put in when they are filled in.
    """
    if not reference or not letter.text:
        return letter
    above, sign, below = letter.text.rpartition(_SIGNATURE)
    text = f"{(above if sign else below).rstrip()}\n\n{reference}\n"
    return replace(
        letter, text=f"{text}{sign}{below}" if sign else text, html=_in_page(letter.html, reference)
    )


def _in_page(html: str, reference: str) -> str:
    if not html:
        return ""
    line = f'<p style="margin:16px 0 0;font-size:11px;opacity:.5;overflow-wrap:anywhere">{reference}</p>\n'
    before, end, after = html.rpartition(_END if _END in html else "</body>")
    return f"{before}{line}{end}{after}" if end else f"{html}{line}"
