"""Who is named in an internal note: `@wei`, `@Wei Chen`, `@security`. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake.desk.ticket import Agent

# Names are looked for in so many lines of a note that hold words: what is quoted further down names nobody.
FIRST_LINES = 5
# At most this many names that nobody has are told, each no longer than this.
MOST_UNKNOWN, LONGEST_NAME = 10, 40
# A sign within a word is an address: lin@customer.example.
_SIGN = re.compile("(?<![A-Za-z0-9._%+-])[@＠]")
_WORD = re.compile(r"[\w.+-]+(?:@[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class Named:
    """The agents whom a note names, and the names in it that nobody has or several have."""

    agents: tuple[Agent, ...] = ()
    unknown: tuple[str, ...] = ()
    several: tuple[str, ...] = ()


def named(text: str, agents: Sequence[Agent], teams: Sequence[str], near: Sequence[Agent] = ()) -> Named:
    """Return whom the first lines of a note name, among the enabled `agents`.

    A name is an agent's, their first name, the part of their address before the @, all of it, or a team's
    (its members are meant). Of several with one name those `near`, in the ticket's own team, are meant.
    """
    called = _called(agents, teams, near)
    people: dict[int, Agent] = {}
    unknown: dict[str, None] = {}
    several: dict[str, None] = {}
    for written in _written(text):
        whom = _whom(written, called)
        if whom is None:
            word = _WORD.match(written)
            if word is not None and any(letter.isalpha() for letter in word[0]):
                unknown[word[0].rstrip(".-+")[:LONGEST_NAME]] = None
        elif not whom[1]:
            several[whom[0]] = None
        people |= {agent.id: agent for agent in (whom[1] if whom else ())}
    return Named(tuple(people.values()), tuple(unknown)[:MOST_UNKNOWN], tuple(several)[:MOST_UNKNOWN])


def _written(text: str) -> Iterator[str]:
    """Yield what stands behind each sign, up to the end of its line."""
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines[:FIRST_LINES]:
        if line.lstrip()[0] in ">＞":
            continue
        for sign in _SIGN.finditer(line):
            yield line[sign.end() :].lstrip()


def _called(
    agents: Sequence[Agent], teams: Sequence[str], near: Sequence[Agent]
) -> Mapping[str, tuple[Agent, ...]]:
    """Return who is meant by each name (folded); nobody where it cannot be told who of several is."""
    close = {agent.id for agent in near}
    ways: list[dict[str, list[Agent]]] = [{}, {}, {}]
    for agent in agents:
        address, name = agent.address.casefold(), agent.name.casefold().strip()
        for way, names in enumerate(
            ((name, address), (name.partition(" ")[0],), (address.partition("@")[0],))
        ):
            for called in dict.fromkeys(names):
                ways[way].setdefault(called, []).append(agent)
    meant: dict[str, tuple[Agent, ...]] = {}
    for way_names in ways:
        for called, who in way_names.items():
            if called and called not in meant:
                here = [agent for agent in who if agent.id in close]
                meant[called] = tuple(who if len(who) == 1 else here if len(here) == 1 else ())
    for team in teams:
        members = tuple(agent for agent in agents if team in agent.teams)
        # A team of nobody is everybody's.
        meant.setdefault(team.casefold(), members or tuple(agents))
    return meant


def _whom(written: str, called: Mapping[str, tuple[Agent, ...]]) -> tuple[str, tuple[Agent, ...]] | None:
    """Return the longest name that begins what was written, as it was written, and who is meant."""
    folded = written.casefold()
    fitting = [name for name in called if folded.startswith(name) and _ends(folded, name)]
    name = max(fitting, key=len, default="")
    return (written[: len(name)], called[name]) if name else None


def _ends(written: str, name: str) -> bool:
    """Whether the name ends where it ends: "@wei's" and "@小王请看" do, "@weimar" and "@wei@home" do not."""
    after = written[len(name) : len(name) + 2]
    if not name[-1].isascii() or not after or not after[0].isascii():
        return True
    return not (after[0].isalnum() or after[0] in "_@" or (after[0] in ".-+" and after[1:].isalnum()))
