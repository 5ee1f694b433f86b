"""Patterns of an admin: what they may say, and that no text makes one slow."""

import ast
import fnmatch
import itertools
import re
import time
from pathlib import Path

import pytest
from each_case import each

from intake.channels.registry import CHANNELS
from intake.config import form_keys, triage_keys
from intake.config import settings as config
from intake.config.mailboxes import MAILBOX_COMMON
from intake.config.sections import SECTIONS, Settings
from intake.desk.triage.safe_regex import MAX_TEXT, MAX_WORK, SHIPPED, BadPattern, compiled
from intake.web import validators


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"order (?P<order>[A-Z]{2}\d{4,8})", "my Order ab12345 is", {"order": "ab12345"}),
        (r"(?P<n>\d+)(?:st|nd|rd|th)?", "the 22nd", {"n": "22"}),
        (r"(?:ios|android) (?P<os>[\d.]+)", "on Android 14.1!", {"os": "14.1"}),
        (r"(?<id>#\w{3,})", "see #ab1", None),
        (r"^订单号[:：] ?(?P<order>\d+)$", "订单号：123", {"order": "123"}),
        (r"(ab|a)(c|bcd)(d*)", "abcd", {}),
        (r"a?b{2}\{", "xabb{", {}),
        (r"[]\]\-]+x", "]-x", {}),
    ],
)
def test_what_a_pattern_finds(pattern: str, text: str, found: dict[str, str] | None) -> None:
    if found is None:
        found = {"id": "#ab1"}
    match = compiled(pattern).search(text)
    assert match is not None
    assert found == match.groupdict()


@each(
    "pattern",
    [
        "",
        "x" * 501,
        "(a+)+b",
        "(?=a)b",
        r"(a)\1",
        "a**",
        "a*?",
        "(",
        ")",
        "[a-z",
        "[[:alpha:]]",
        "x{2,1}",
        "x{0}",
        "x{1,2",
        "{3}",
        "(?P<n>a)*",
        "(?P<n>a)(?P<n>b)",
        "(?i)a",
        r"\p",
        "a\\",
        "^*",
        r"\b+",
        "(" * 11 + ")" * 11,
        "a?" * 12,
        r"\w+" * 11,
        "[z-a]",
    ],
)
def test_what_is_no_pattern_of_ours(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compiled(pattern)


# Under MAX_WORK, and as bad as could be thought of; the first three never end as Python reads them.
WORST = [
    (r"(?:a|aa){1,200}b", "a"),
    (r"(?:(?:a|aa){1,5}){1,70}b", "a"),
    (r"(?:a|a|a|a)?(?:a|a|a|a)?(?:a|a|a|a)?b", "a"),
    (r".*.*.*.*b", "a"),
    (r"(?:\w{1,20}\s?){1,10}!", "aaaa "),
    (r"(?P<x>[\d.]{1,100}) (?P<y>\w+)@", "1.1 "),
]


@pytest.mark.parametrize(("pattern", "piece"), WORST, ids=[one for one, _ in WORST])
def test_the_worst_text_takes_a_bounded_time(pattern: str, piece: str) -> None:
    made = compiled(pattern)

    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            made.search(text)
            best = min(best, time.process_time() - began)
        return best

    # Measured 0.3 s at most; a pattern that tries again takes minutes.
    assert seconds(MAX_TEXT) < 2
    # Twice the text takes about twice the time: the rest is for a busy machine.
    assert seconds(MAX_TEXT) < 8 * seconds(MAX_TEXT // 2) + 0.01


def test_a_pattern_over_the_limit_says_what_to_write_instead() -> None:
    with pytest.raises(BadPattern, match=str(MAX_WORK)) as said:
        compiled(r"\w+" * 11)
    assert "{1,50}" in str(said.value)


ETH = "0x52908400098527886E0F7030069857D2E4169EE7"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
HASH = "0x" + "ab12" * 16


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        (
            "eth_address",
            "to 0x52908400098527886E0F7030069857D2E4169EE7.",
            "0x52908400098527886E0F7030069857D2E4169EE7",
        ),
        ("eth_address", HASH, None),
        ("btc_address", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT,", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        (
            "btc_address",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
        ("btc_address", "call 13912345678 please", None),
        ("tron_address", "地址xTJRabPrwbZy45sbavfcjinPJC18kjpRTv8。", None),
        ("tron_address", "地址TJRabPrwbZy45sbavfcjinPJC18kjpRTv8。", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
        ("tx_hash", f"tx: {HASH}", HASH),
        ("tx_hash", "ab12" * 16, "ab12" * 16),
        ("tx_hash", "ab12" * 17, None),
        ("version", "Version 2.10.1 crashes", "2.10.1"),
        ("version", "版本号：4.3", "4.3"),
        ("version", "v1.2.3", "1.2.3"),
        ("version", "用的是v1.2.3版本", "1.2.3"),
        ("version", "on 2026.11.22 at 1.5", None),
    ],
)
def test_the_shipped_patterns(name: str, text: str, value: str | None) -> None:
    found = SHIPPED[name].search(text)
    assert value == (found[name] if found else None)


@pytest.mark.parametrize("pattern", SHIPPED.values(), ids=list(SHIPPED))
def test_the_shipped_patterns_are_quick_on_any_text(pattern: re.Pattern[str]) -> None:
    for piece in ("a", "0x", "0xa", "1", "bc1", "T", "v1.", "v1.1.1.1", "版本", "version "):
        began = time.process_time()
        pattern.search((piece * MAX_TEXT)[:MAX_TEXT])
        assert time.process_time() - began < 0.2, piece


# -- every key of the config that takes a pattern ------------------------------------------------------

# What an admin may come to write; Python's own engine tries some of them for hours.
CLASSIC = [
    "(a+)+b",
    "([a-zA-Z]+)*1",
    "(a|aa)+b",
    "(.*a){12}b",
    "(x+x+)+y",
    r"(\w+\s?)*!",
    "a?" * 28 + "a" * 28,
    "(?=(a+)+b)a",
    r"(a+)+\1",
]
BASE = "[desk]\nname = D\naddress = help@desk.example\n[smtp]\nhost = h\n[mailbox m]\ntype = ingest\n"
KEYS = {
    ("field", "pattern"): "[field a]\nlabel = A\ntype = pattern\npattern = {}\n",
    ("rule", "pattern"): "[rule a]\npattern = {}\ntags = x\n",
    ("rule", "capture"): "[rule a]\ntags = x\ncapture = (?P<found>{})\n",
}


def test_these_are_all_keys_that_take_a_pattern() -> None:
    readers = {form_keys.as_whole_pattern, triage_keys.as_pattern, triage_keys.as_captures}
    every = {
        **SECTIONS,
        "mailbox": (*MAILBOX_COMMON, *itertools.chain(*(kind.keys for kind in CHANNELS.values()))),
    }
    taking = [(name, key.name) for name, keys in every.items() for key in keys if key.convert in readers]
    assert sorted(KEYS) == sorted(taking)


def asked(key: tuple[str, str], settings: Settings, text: str) -> None:
    if key[0] == "field":
        validators.fits("pattern", text, (), settings.fields["a"].pattern)
        return
    (rule,) = triage_keys.policy_of(settings.triage, settings.rules, settings.teams).rules
    for one in (rule.pattern, *rule.capture):
        if one is not None:
            one.search(text * 10)


@pytest.mark.parametrize("pattern", CLASSIC)
@pytest.mark.parametrize("key", KEYS, ids=" ".join)
def test_a_pattern_of_the_config_is_refused_or_harmless(key: tuple[str, str], pattern: str, tmp_path) -> None:
    file = tmp_path / "intake.ini"
    file.write_text(BASE + KEYS[key].format(pattern), encoding="utf-8")
    settings, said = None, ""
    try:
        settings = config.load(file)
    except config.ConfigError as err:
        said = str(err)
    began = time.process_time()
    if settings is not None:
        for text in ((("aaaa " * 200)[:1000]), "a" * 1000, "x" * 1000):
            asked(key, settings, text)
    assert time.process_time() - began < 6
    # Whoever wrote one that is refused learns which it is and why.
    assert settings is not None or repr(pattern)[1:-1] in said
    assert settings is not None or re.search("cannot be used: |regular expression here: ", said)


def test_a_name_with_stars_is_harmless_too() -> None:
    # [rule] files are names with *, which Python makes a regular expression of.
    began = time.process_time()
    for pattern in ("*a" * 100 + "b", "?*" * 100, "*" * 200 + "b", "[a]*" * 60 + "b"):
        fnmatch.fnmatchcase("a" * 255, pattern)
    assert time.process_time() - began < 2


# They are given patterns by name, all of which stand in our source, or come through the gate.
GIVEN = {"config_service", "desk/patterns", "desk/secrets", "desk/whole"}


def test_nobody_else_makes_patterns_of_what_is_no_text_of_the_source() -> None:
    root = Path(config.__file__).parent
    found = {
        path.relative_to(root).with_suffix("").as_posix()
        for path in root.rglob("*.py")
        # What reads mail and what knows SQL never see the config.
        if path.relative_to(root).parts[0] not in ("mail", "store")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith("re.")
        and ast.unparse(node.func) != "re.escape"
        and node.args
        and not isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    }
    assert found <= GIVEN
