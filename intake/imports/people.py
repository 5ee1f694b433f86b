"""Who of the old desk is whom here: agents by a map, everybody else a name without rights. Pure."""

import configparser
import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from intake.desk.ticket import Agent
from intake.imports.model import Person, Remark
from intake.ports import UserError


@dataclass(slots=True)
class Agents:
    """Finds the agent of this desk that a person of the old desk is.

    By the map, from their old address or name; else by their address, where an agent has it here. Never by
    a name alone that is not in the map, and not by one that several have.
    """

    here: Mapping[str, Agent]
    mapped: Mapping[str, str] = field(default_factory=dict)
    _named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _staff: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)

    def meet(self, people: Iterable[Person]) -> None:
        """Note the agents of the old desk: two of one name are known for two, and none is a customer."""
        for person in people:
            self._note(person)
            if person.address:
                self._staff.add(person.address.casefold())

    def _note(self, person: Person) -> None:
        if person.name and person.address:
            self._named[person.name.casefold()].add(person.address.casefold())

    def works(self, address: str) -> bool:
        """Whether an address is that of an agent, here or there."""
        key = address.casefold()
        return key in self.here or key in self.mapped or key in self._staff

    def of(self, person: Person, where: str) -> tuple[Agent | None, Remark | None]:
        """Return who a person is here, None for nobody, and what must be told of that, once a person."""
        self._note(person)
        address = self.mapped.get(person.address.casefold(), "") if person.address else ""
        if address:
            return self.here.get(address), None
        if person.address.casefold() in self.here:
            return self.here[person.address.casefold()], None
        address = self.mapped.get(person.name.casefold(), "") if person.name else ""
        if not address:
            return None, self._unknown(person, where)
        others = self._named.get(person.name.casefold(), set())
        if len(others) < 2:
            return self.here.get(address), None
        return None, self._twice(person, sorted(others), where)

    def _unknown(self, person: Person, where: str) -> Remark | None:
        key = person.address.casefold() or person.name.casefold()
        if not person or key in self._told:
            return None
        self._told.add(key)
        who = person.name or person.address
        cure = "they stay a name without rights; --agents FILE says who they are"
        return Remark(where, f"{who} answered there and is no agent here", f"{cure} (told once)")

    def _twice(self, person: Person, addresses: list[str], where: str) -> Remark | None:
        key = f"twice {person.name.casefold()}"
        if key in self._told:
            return None
        self._told.add(key)
        problem = f"{len(addresses)} people are called {person.name}: {', '.join(addresses)}"
        return Remark(where, problem, "map them by their addresses, not by the name (told once)")


def read_map(text: str, name: str, here: Mapping[str, Agent]) -> dict[str, str]:
    """Return a map of agents: an address or a name there, in lower case, to an address here, in lower case.

    `name` ends in .csv for two columns, old and new; else it is INI: `old = new` under `[agents]`. Raises
    UserError with all that is wrong with it.
    """
    pairs = _csv(text) if name.lower().endswith(".csv") else _ini(text, name)
    made: dict[str, str] = {}
    wrong: list[str] = []
    for old, new in pairs:
        key, address = old.strip().casefold(), new.strip().casefold()
        if not key or not address:
            continue
        if address not in here:
            wrong.append(f"{new.strip()} is no agent here; `intake agent list` shows them")
        elif made.get(key, address) != address:
            wrong.append(f"{old.strip()} stands there twice, for {made[key]} and {address}")
        made[key] = address
    if wrong:
        raise UserError(f"{name}: {'. '.join(wrong)}. Mend it and import again.")
    return made


def _csv(text: str) -> list[tuple[str, str]]:
    rows = [row for row in csv.reader(io.StringIO(text)) if len(row) >= 2]
    pairs = [(row[0], row[1]) for row in rows]
    # A heading names no agent's address.
    return pairs[1:] if pairs and "@" not in pairs[0][1] else pairs


def _ini(text: str, name: str) -> list[tuple[str, str]]:
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    added = 0 if text.lstrip().startswith("[") else 1
    try:
        parser.read_string(f"[agents]\n{text}" if added else text, name)
    except configparser.MissingSectionHeaderError as err:
        raise UserError(f"{name}, line {err.lineno} cannot be read. Write lines old = new.") from err
    except configparser.ParsingError as err:
        lines = ", ".join(str(number - added) for number, _ in err.errors)
        raise UserError(f"{name}, line {lines} cannot be read. Write lines old = new.") from err
    return [pair for section in parser.sections() for pair in parser.items(section)]
