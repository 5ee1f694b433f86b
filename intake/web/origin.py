"""Whether another site's page made a post."""

from collections.abc import Container
from urllib.parse import urlsplit

from flask import request


def is_foreign(ours: Container[str], strict: bool = True) -> bool:
    """Say whether the request at hand comes from a page that is not ours; `ours` are the
    hosts of our own beside the one that is asked.

    Neither header: an old browser or a program, which the form's token holds. Pages
    whose address is a secret send no referrer, and then browsers write `Origin: null`;
    where not `strict`, only a browser that says "another site" is believed to be one,
    for the token in such a form is bound to the secret.
    """
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if not origin:
        return False
    if origin == "null":
        site = request.headers.get("Sec-Fetch-Site")
        return site != "same-origin" if strict else site not in (None, "same-origin")
    host = urlsplit(origin).netloc.lower()
    return host != request.host.lower() and host not in ours
