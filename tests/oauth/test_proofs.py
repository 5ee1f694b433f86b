"""Signed proofs are as the providers document, and openssl verifies them; seals open for one use only."""

import base64
import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from oauth_desk import Clock, pem_pair, service_key

from intake.oauth.assertions import certificate, client_assertion, service_account, service_assertion
from intake.oauth.sealing import Seals, Unsealable
from intake.ports import UserError

AUDIENCE = "https://login.example/token"


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def verified(proof: str, public: Path, *options: str) -> bool:
    head, _, signature = proof.rpartition(".")
    (public.parent / "signature").write_bytes(decoded(signature))
    (public.parent / "text").write_text(head)
    command = ["openssl", "dgst", "-sha256", *options, "-verify", str(public)]
    command += ["-signature", str(public.parent / "signature"), str(public.parent / "text")]
    return subprocess.run(command, capture_output=True).returncode == 0


def test_a_certificates_proof_is_ps256_with_its_fingerprint(tmp_path: Path, clock: Clock) -> None:
    proof = client_assertion(certificate(pem_pair(tmp_path)), "client-1", AUDIENCE, clock())
    public = tmp_path / "public.pem"
    command = ["openssl", "x509", "-in", str(tmp_path / "cert.pem"), "-pubkey", "-noout"]
    public.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
    assert verified(proof, public, *pss)
    header, claims = (json.loads(decoded(part)) for part in proof.split(".")[:2])
    der = subprocess.run(
        ["openssl", "x509", "-in", str(tmp_path / "cert.pem"), "-noout", "-fingerprint", "-sha256"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert bytes.fromhex(der.strip().partition("=")[2].replace(":", "")) == decoded(header["x5t#S256"])
    assert ("PS256", "client-1", "client-1", AUDIENCE) == (
        header["alg"],
        claims["iss"],
        claims["sub"],
        claims["aud"],
    )
    assert claims["exp"] - claims["nbf"] <= 11 * 60


def test_a_service_accounts_proof_is_rs256_for_the_mailbox(tmp_path: Path, clock: Clock) -> None:
    path = service_key(tmp_path)
    account = service_account(path)
    proof = service_assertion(account, "help@example.com", "https://mail.google.com/", AUDIENCE, clock())
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    private.write_text(json.loads(path.read_text())["private_key"])
    command = ["openssl", "rsa", "-in", str(private), "-pubout"]
    public.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    assert verified(proof, public)
    claims = json.loads(decoded(proof.split(".")[1]))
    assert ("help@example.com", "https://mail.google.com/", AUDIENCE) == (
        claims["sub"],
        claims["scope"],
        claims["aud"],
    )
    assert "PRIVATE" not in repr(account)


def test_a_certificate_says_when_it_ends(tmp_path: Path, clock: Clock) -> None:
    ends = certificate(pem_pair(tmp_path, days=30)).ends
    assert timedelta(days=29) < ends - clock() < timedelta(days=31)


UNUSABLE = {
    "not there": None,
    "empty": "",
    "no pem": "hello",
    "json of something else": '{"type": "authorized_user"}',
    "json, no object": "[]",
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_is_none_is_told_with_its_cure(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    text = UNUSABLE[name]
    if text is not None:
        path.write_text(text)
    for read in (certificate, service_account):
        with pytest.raises(UserError, match=str(path)):
            read(path)


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    pem_pair(tmp_path / "a")
    pem_pair(tmp_path / "b")
    mixed = tmp_path / "mixed.pem"
    mixed.write_bytes((tmp_path / "a" / "cert.pem").read_bytes() + (tmp_path / "b" / "key.pem").read_bytes())
    with pytest.raises(UserError, match="does not belong to the certificate"):
        certificate(mixed)


def test_what_is_sealed_opens_with_any_key_of_the_desk_and_for_the_same_use_only() -> None:
    old, new = b"o" * 32, b"n" * 32
    sealed = Seals([old]).seal("secret", "refresh work")
    assert "secret" not in sealed
    assert sealed != Seals([old]).seal("secret", "refresh work")
    assert "secret" == Seals([new, old]).open(sealed, "refresh work")
    assert "" == Seals([old]).seal("", "x") == Seals([old]).open("", "x")
    damaged = sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB")
    for seals, text, about in (
        (Seals([new]), sealed, "refresh work"),
        (Seals([old]), sealed, "refresh home"),
        (Seals([old]), sealed, "access work"),
        (Seals([old]), damaged, "refresh work"),
        (Seals([old]), "plain text", "refresh work"),
        (Seals([old]), "1:", "refresh work"),
    ):
        with pytest.raises(Unsealable):
            seals.open(text, about)
