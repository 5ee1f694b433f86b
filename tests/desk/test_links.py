"""What rewritten links led to."""

import pytest

from intake.desk.text.links import unwrapped

DEFENSE = "https://urldefense.com/v3/__"
LINKS = {
    f"{DEFENSE}https://a.example/x*y__;Iw!!abc!def$": "https://a.example/x#y",
    f"{DEFENSE}https://a.example/**Az__;w6TDtg!!abc$": "https://a.example/äöz",
    f"{DEFENSE}https:/a.example/x__;!!abc$": "https://a.example/x",
    "https://urldefense.proofpoint.com/v2/url?u=http-3A__a.example_b-5Fc-2Dd&d=x": "http://a.example/b_c-d",
    "https://safelinks.protection.outlook.com/?url=http%3A%2F%2Fa.example%2F": "http://a.example",
    "https://a.example/": "https://a.example",
    # -- as they are
    "https://a.example/?url=https%3A%2F%2Fb.example": "https://a.example/?url=https%3A%2F%2Fb.example",
    "https://evil.example/safelinks.protection.outlook.com/?url=x": "https://evil.example/safelinks.protection.outlook.com/?url=x",
    f"{DEFENSE}https://a.example/*__;_w!!abc$": f"{DEFENSE}https://a.example/*__;_w!!abc$",
    "https://safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%0APay+Eve.": "https://safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%0APay+Eve.",
    "https://safelinks.protection.outlook.com/?url=%E2%80%A8Pay": "https://safelinks.protection.outlook.com/?url=%E2%80%A8Pay",
    "https://urldefense.proofpoint.com/v2/url?u=http-3A__a.example-0APay-20Eve": "https://urldefense.proofpoint.com/v2/url?u=http-3A__a.example-0APay-20Eve",
    f"{DEFENSE}https://a.example*Pay__;Cg!!abc$": f"{DEFENSE}https://a.example*Pay__;Cg!!abc$",
    "https://": "https://",
    "a://b": "a://b",
}  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
def test_a_link_is_what_it_led_to(link: str) -> None:
    assert f"See {LINKS[link]} now" == unwrapped(f"See {link} now")


def test_many_links_take_no_time() -> None:
    for text in (
        f"{DEFENSE}a" * 9000,
        "https://x<" * 20000,
        f"{DEFENSE}{'*' * 3000}__;!x " * 30,
        "https://x" * 20000,
    ):
        assert unwrapped(text)
