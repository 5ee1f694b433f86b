"""Signed proofs, so that no secret is sent: a certificate (Microsoft), a service account (Google)."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from intake.ports import UserError

# Google allows an hour, Microsoft asks for 5 to 10 minutes.
LIFE = timedelta(minutes=10)
# A clock that is a little ahead must not make a proof of the future.
BEFORE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with its private key."""

    key: rsa.RSAPrivateKey = field(repr=False)
    thumbprint: bytes
    ends: datetime


def certificate(path: Path) -> Certificate:
    """Read a PEM file that holds a certificate and its private key. Raises UserError with its cure."""
    octets = _octets(path, "certificate")
    try:
        read = x509.load_pem_x509_certificate(octets)
        key = serialization.load_pem_private_key(octets, None)
    except (ValueError, TypeError):
        raise UserError(
            f"{path} is not a certificate with its private key. Put both into it, as PEM without a "
            "passphrase: cat cert.pem key.pem > both.pem"
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise UserError(f"The key in {path} is not RSA. Make an RSA key and a certificate for it.")
    if key.public_key() != read.public_key():
        raise UserError(f"The key in {path} does not belong to the certificate in it. Put a pair into it.")
    return Certificate(key, read.fingerprint(hashes.SHA256()), read.not_valid_after_utc)


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Google's JSON key of a service account."""

    email: str
    client_id: str
    key_id: str
    key: rsa.RSAPrivateKey = field(repr=False)


def service_account(path: Path) -> ServiceAccount:
    """Read the JSON key of a service account. Raises UserError with its cure."""
    cure = "Download it anew: IAM & Admin > Service accounts > Keys > Add key > JSON"
    try:
        read = json.loads(_octets(path, "key_file"))
        key = serialization.load_pem_private_key(read["private_key"].encode(), None)
        email, client_id, key_id = (read[name] for name in ("client_email", "client_id", "private_key_id"))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(f"{path} is not the JSON key of a service account. {cure}") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise UserError(f"{path} is not the JSON key of a service account. {cure}")
    return ServiceAccount(str(email), str(client_id), str(key_id), key)


def client_assertion(proof: Certificate, client_id: str, audience: str, now: datetime) -> str:
    """Return what stands for a client secret (RFC 7523 section 2.2), signed as Microsoft asks for it:
    PS256 and the certificate's SHA-256 ("Microsoft identity platform application authentication
    certificate credentials")."""
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": _encoded(proof.thumbprint)}
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": secrets.token_hex(16)}
    return _signed(header, {**claims, **_times(now, "nbf")}, proof.key)


def service_assertion(account: ServiceAccount, user: str, scope: str, audience: str, now: datetime) -> str:
    """Return what asks for a token for the mailbox of `user` (developers.google.com/identity/protocols/
    oauth2/service-account, "Delegating domain-wide authority")."""
    header = {"alg": "RS256", "typ": "JWT", "kid": account.key_id}
    claims = {"iss": account.email, "sub": user, "scope": scope, "aud": audience}
    return _signed(header, {**claims, **_times(now, "iat")}, account.key)


def _times(now: datetime, begins: str) -> Mapping[str, int]:
    return {begins: int((now - BEFORE).timestamp()), "exp": int((now + LIFE).timestamp())}


def _signed(header: Mapping[str, str], claims: Mapping[str, object], key: rsa.RSAPrivateKey) -> str:
    text = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    scheme: padding.AsymmetricPadding = padding.PKCS1v15()
    if header["alg"] == "PS256":
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
    return f"{text}.{_encoded(key.sign(text.encode('ascii'), scheme, hashes.SHA256()))}"


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _octets(path: Path, key: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as err:
        raise UserError(f"{key}: {path} cannot be read: {err.strerror}.") from err
