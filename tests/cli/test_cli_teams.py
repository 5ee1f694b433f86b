"""`intake agent set` and `intake team …`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from command_line import Run

from intake.app import build
from intake.commands.teams import coverage
from intake.config.settings import load
from intake.desk.business_time import Calendar
from intake.desk.ticket import Agent

WEI = "wei@desk.example"


@pytest.fixture
def wei(intake: Run) -> str:
    intake("agent", "add", WEI, "--name", "Wei", "--team", "printers")
    return WEI


def agent(config: Path) -> Agent:
    desk = build(load(config))
    found = desk.store.agents.by_address(WEI)
    desk.store.close()
    assert found is not None
    return found


def test_a_shift_an_absence_and_a_wish_are_kept(intake: Run, wei: str, config: Path) -> None:
    intake("agent", "set", wei, "--shift", "mon-fri 9:00-17:00", "--timezone", "Asia/Shanghai")
    intake("agent", "set", wei, "--notify", "digest", "--digest", "45", "--away", "2099-12-24")
    found = agent(config)
    assert found.shift is not None
    assert (((540, 1020),), (), "Asia/Shanghai") == (
        found.shift.week[0],
        found.shift.week[6],
        str(found.shift.zone),
    )
    assert ("digest", 45, datetime(2099, 12, 24, tzinfo=UTC)) == (
        found.notify,
        found.digest_minutes,
        found.away_until,
    )
    intake("agent", "set", wei, "--back", "--shift", "always")
    assert (None, None) == (agent(config).away_until, agent(config).shift)
    # Adding them again is about name and teams, and changes no wish.
    intake("agent", "add", wei, "--name", "Wei Zhang", "--team", "printers")
    assert "digest" == agent(config).notify
    assert 3 == sum("set" in row["what"] for row in json.loads(intake("audit", "--json").output))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--shift", "sometimes"], "Write it like"),
        (["--timezone", "Mars/Olympus"], "not a valid time zone"),
        ([], "Say what to set"),
        (["--notify", "loudly"], "not one of"),
    ],
)
def test_what_is_no_shift_zone_or_wish_is_refused(intake: Run, wei: str, words: list[str], said: str) -> None:
    assert said in intake("agent", "set", wei, *words, code=2).output


def test_an_agent_who_is_not_there_is_not_set(intake: Run) -> None:
    assert "no agent" in intake("agent", "set", "no@desk.example", "--back", code=1).output


def test_an_agents_language_is_set_and_listed(intake: Run, wei: str, config: Path) -> None:
    assert agent(config).language == ""
    intake("agent", "set", wei, "--language", "zh-hans")
    assert agent(config).language == "zh-Hans"
    assert ["zh-Hans"] == [row["language"] for row in json.loads(intake("agent", "list", "--json").output)]
    assert "zh-Hans" in intake("agent", "list").output
    # Who is added again keeps it, and may have another one.
    intake("agent", "add", wei)
    assert agent(config).language == "zh-Hans"
    intake("agent", "add", wei, "--language", "de")
    assert agent(config).language == "de"
    intake("agent", "set", wei, "--language", "desk")
    assert agent(config).language == ""


def test_a_language_without_templates_is_refused(intake: Run, wei: str) -> None:
    refused = intake("agent", "set", wei, "--language", "tlh", code=2)
    assert "No templates for tlh. Available: en, zh-Hans" in refused.output


def test_a_team_shows_who_works_and_when_nobody_does(intake: Run, wei: str) -> None:
    intake("agent", "set", wei, "--shift", "sat 9:00-10:00")
    shown = intake("team", "show", "printers").output
    assert "In 167 of the 168 hours nobody is on duty" in shown
    intake("agent", "set", wei, "--shift", "always")
    assert "nobody is on duty" not in intake("team", "show", "printers").output
    (row,) = json.loads(intake("team", "list", "--json").output)
    assert ("printers", [WEI], [WEI], "nobody") == (row["name"], row["agents"], row["on_duty"], row["assign"])
    assert "no team" in intake("team", "show", "lamps", code=1).output


def test_day_and_night_are_covered_by_two_zones() -> None:
    day = ((9 * 60, 21 * 60),)
    shanghai = Agent(1, "Wei", "w@x.example", shift=Calendar("a", ZoneInfo("Asia/Shanghai"), (day,) * 7))
    new_york = Agent(2, "Joe", "j@x.example", shift=Calendar("b", ZoneInfo("America/New_York"), (day,) * 7))
    first = datetime(2026, 7, 6, tzinfo=ZoneInfo("America/New_York"))
    assert [[1] * 24] * 7 == coverage([shanghai, new_york], first)
    # In winter New York is an hour further away: one hour of the day has both, and one has nobody.
    winter = coverage([shanghai, new_york], datetime(2026, 1, 5, tzinfo=ZoneInfo("America/New_York")))
    assert (0, 2) == (min(winter[2]), max(winter[2]))
    assert timedelta(hours=24 * 7) == timedelta(hours=sum(map(sum, winter)))


def test_adding_an_agent_again_changes_only_what_is_given(intake: Run, wei: str, config: Path) -> None:
    assert "Wei <wei@desk.example> answers for printers." in intake("agent", "add", wei).stdout
    intake("agent", "add", wei.upper(), "--name", "Wei Zhang")
    assert ("Wei Zhang", ("printers",)) == (agent(config).name, agent(config).teams)
    intake("agent", "disable", wei)
    assert not agent(config).enabled
    intake("agent", "add", wei, "--every-team")
    assert ("Wei Zhang", (), True) == (agent(config).name, agent(config).teams, agent(config).enabled)
    both = intake("agent", "add", wei, "--every-team", "--team", "printers", code=2)
    assert "not both" in both.stderr


def test_a_config_named_behind_the_command_is_told_its_place(intake: Run) -> None:
    told = intake("ticket", "list", "--config", "desk.ini", code=2).stderr
    assert "--config comes before the command: intake --config FILE COMMAND." in told


@pytest.mark.parametrize("form", ["{local}@{domain}", "{local}+sales@{domain}", "{loud}@{domain}"])
def test_the_desk_itself_is_no_agent(form: str, intake: Run, config: Path) -> None:
    local, _, domain = load(config).desk.address.partition("@")
    address = form.format(local=local, loud=local.upper(), domain=domain)
    result = intake("agent", "add", address, code=2)
    assert "is an address of this desk" in result.stderr
    assert [] == json.loads(intake("agent", "list", "--json").stdout)
