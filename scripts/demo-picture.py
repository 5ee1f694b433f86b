"""Draws docs/pictures/demo.svg: runs the demo and keeps what stood on the terminal in one of its scenes.

Run it where `intake demo` runs: python scripts/demo-picture.py [SCENE]
"""

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from intake.demo import play
from intake.demo.show import WIDTH, Screen

SCENE = re.compile(r"\d{1,2}\. .+ ──")
PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "demo.svg"


def main(scene: int) -> int:
    """Perform the demo, draw the scene of that number; return the demo's exit code."""
    console = Console(
        record=True, force_terminal=True, color_system="truecolor", width=WIDTH, highlight=False
    )
    play.Screen = lambda: Screen(console)  # type: ignore[assignment,misc,attr-defined]
    code = play.main(once=True)
    lines = console.export_text(styles=True).splitlines()
    starts = [at for at, line in enumerate(Text.from_ansi(line).plain for line in lines) if SCENE.match(line)]
    shown = "\n".join(lines[starts[scene - 1] : starts[scene]]).strip("\n")
    drawing = Console(record=True, width=WIDTH, file=io.StringIO())
    drawing.print(Text.from_ansi(shown))
    PICTURE.parent.mkdir(exist_ok=True)
    drawing.save_svg(str(PICTURE), title="make run")
    return code


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4))
