"""How the demo looks on a terminal."""

import time
from collections.abc import Iterable
from email.message import EmailMessage

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from intake.demo.letters import body
from intake.terminal import line, safe

HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "In-Reply-To",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
)
WIDTH = 100


class Screen:
    """Prints the play, and keeps the list of what had to be so."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.console.width = min(self.console.width, WIDTH) if self.console.is_terminal else WIDTH
        self.checks: list[tuple[str, bool, str]] = []
        self._scene = 0
        self._began = time.monotonic()

    @property
    def failed(self) -> list[tuple[str, bool, str]]:
        """The checks that were not as they should be."""
        return [check for check in self.checks if not check[1]]

    def title(self, text: str, below: str) -> None:
        """Open the play."""
        self.console.print()
        self.console.print(
            Panel(Group(Text(text, style="bold"), Text(below)), border_style="blue", padding=(1, 3))
        )

    def scene(self, text: str) -> None:
        """Begin the next scene."""
        self._scene += 1
        self.console.print()
        self.console.print(
            Rule(Text(f"{self._scene}. {text}", style="bold blue"), align="left", style="blue")
        )

    def tell(self, text: str) -> None:
        """Say what happens now."""
        self.console.print()
        self.console.print(Text(text))

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Show labelled values."""
        table = Table.grid(padding=(0, 2))
        for label, value in rows:
            table.add_row(Text(label, style="dim"), Text(safe(value)))
        self.console.print(Padding(table, (1, 0, 0, 2)))

    def mail(self, whose: str, mail: EmailMessage, style: str = "green") -> None:
        """Show a mail whole, as its reader has it on the screen."""
        head = Table.grid(padding=(0, 1))
        for name in HEADERS:
            if mail[name]:
                head.add_row(Text(f"{name}:", style="dim"), Text(line(str(mail[name])), overflow="fold"))
        for part in mail.walk():
            # A picture that the mail shows is no attachment, and comes along all the same.
            if not part.get_filename():
                continue
            size = len(part.get_payload(decode=True) or b"")
            label = f"{part.get_filename() or 'a file'} ({part.get_content_type()}, {size} bytes)"
            head.add_row(Text("File:", style="dim"), Text(line(label)))
        text = Text(safe(body(mail).strip("\n")))
        self.console.print()
        self.console.print(
            Panel(Group(head, Text(), text), title=Text(whose), title_align="left", border_style=style)
        )

    def passage(self, title: str, text: str, style: str = "cyan") -> None:
        """Show a text in a frame of its own."""
        self.console.print()
        self.console.print(
            Panel(Text(safe(text.strip("\n"))), title=Text(title), title_align="left", border_style=style)
        )

    def typed(self, command: str, printed: str) -> None:
        """Show a command as an admin types it, and what it printed."""
        self.console.print()
        self.console.print(Text.assemble(("  $ ", "dim"), (command, "bold")))
        self.console.print(Padding(Text(safe(printed.strip("\n"))), (0, 0, 0, 4)))

    def check(self, label: str, good: bool, instead: object = "") -> None:
        """Note and show whether something is as it should be."""
        detail = "" if good else line(str(instead))[:400]
        self.checks.append((label, good, detail))
        mark = ("  ✓ ", "bold green") if good else ("  ✗ ", "bold red")
        self.console.print(Text.assemble(mark, label, (f"  ({detail})" if detail else "", "red")))

    def equal(self, label: str, expected: object, actual: object) -> None:
        """Check that two values are the same."""
        self.check(label, expected == actual, f"expected {expected!r}, got {actual!r}")

    def end(self) -> None:
        """Close the play with its result."""
        seconds = time.monotonic() - self._began
        good = len(self.checks) - len(self.failed)
        style = "bold red" if self.failed else "bold green"
        self.console.print()
        self.console.print(Text(f"{good} of {len(self.checks)} checks hold, {seconds:.0f} s.", style=style))
        for label, _, detail in self.failed:
            self.console.print(Text.assemble(("  ✗ ", "bold red"), label, f": {detail}"))
