"""The words of recovery phrases, for the script that warns of one while it is typed."""

from flask import Response

from intake.desk.sensitive.lists.english import WORDS


def words() -> Response:
    """GET /phrase-words.txt: the 2,048 public words of BIP-39, 13 KB, a line each.

    The page loads them only once a text could hold a phrase; nothing that was typed is sent.
    """
    return Response("\n".join(WORDS), content_type="text/plain; charset=utf-8")
