"""Remembering which keys signed our mail: those that were replaced prove old mail still."""

import base64
import logging
from typing import TYPE_CHECKING

from intake.config.brands import dkim_domains

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.origin")


def public_of(private: bytes) -> str:
    """Return the public half of a private key in PEM, in base64 (DER). Raises ValueError, TypeError."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private, None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode("ascii")


def keep_keys(desk: "Desk") -> None:
    """Write down the key that mail is signed with, where that is not known yet. Raises Temporary."""
    path = desk.settings.dkim.key_file
    if path is None:
        return
    try:
        public = public_of(path.read_bytes())
    except (OSError, ValueError, TypeError):
        # Signing says what is wrong with it.
        log.debug("the DKIM key cannot be read", exc_info=True)
        return
    selector, domains = desk.settings.dkim.selector, dkim_domains(desk.settings)
    desk.database.origins.keep_keys(selector, domains, public, desk.service.clock())
