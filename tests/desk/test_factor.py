"""One-time passwords of agents (RFC 6238)."""

from datetime import UTC, datetime, timedelta

from intake.desk import factor

# RFC 6238 appendix B, of which the last six digits count here.
SECRET = b"12345678901234567890"
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_the_codes_are_those_of_the_rfc() -> None:
    made = {second: factor.code(SECRET, second // 30) for second in VECTORS}
    assert {second: digits[-6:] for second, digits in VECTORS.items()} == made


def test_a_code_counts_once_for_a_while_and_never_before_its_time() -> None:
    newest = factor.step_at(NOW)

    def step(code_of: int, last: int = 0, back: int = factor.BY_MAIL) -> int | None:
        return factor.step_of(SECRET, factor.code(SECRET, newest + code_of), NOW, last, back)

    assert newest == step(0)
    assert newest - 20 == step(-20)
    assert [step(1), step(2), step(-21)] == [None] * 3
    assert [step(0, last=newest), step(-1, last=newest)] == [None] * 2
    assert step(-3, back=factor.BY_HAND) is None


def test_what_is_no_code_is_none() -> None:
    for text in ("", "12345", "1234567", "abcdef", "１２３４５６", "²²²²²²", "-12345"):
        assert factor.step_of(SECRET, text, NOW, 0, factor.BY_MAIL) is None, text
    spaced = factor.code(SECRET, factor.step_at(NOW))
    assert factor.step_of(SECRET, f" {spaced[:3]} {spaced[3:]}", NOW, 0, 2) is not None


def test_of_a_million_guesses_some_twenty_in_a_million_count() -> None:
    right = {factor.code(SECRET, factor.step_at(NOW) - back) for back in range(21)}
    assert len(right) <= 21
    later = NOW + timedelta(minutes=11)
    assert all(factor.step_of(SECRET, code, later, 0, factor.BY_MAIL) is None for code in right)


def test_the_link_is_what_apps_read() -> None:
    link = factor.uri(SECRET, "Lin & Wallet", "anna@desk.example")
    assert link == (
        "otpauth://totp/Lin%20%26%20Wallet:anna@desk.example"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Lin%20%26%20Wallet"
    )
