"""The config that the demo shows first: it must read as a desk's own, not as a stage's."""

from configparser import ConfigParser

from intake.demo.stage import CONFIG


def test_the_demo_begins_with_the_name_of_the_desk_and_explains_what_is_no_default() -> None:
    shown = ConfigParser(interpolation=None)
    shown.read_string(CONFIG)

    assert ["name", "address", "undo_seconds"] == list(shown["desk"])
    before = CONFIG.partition("undo_seconds")[0].rstrip("\n").rpartition("\n")[2]
    assert before.startswith("# Answers leave at once")
