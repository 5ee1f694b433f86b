"""Headless help desk: support mail and web forms in, tickets and answers out."""

from pathlib import Path

__version__ = "0.1.0"

# The wheel carries queue/, templates/ and cli.py inside this package; a checkout
# keeps them beside it.  Looking next door lets both trees import alike.
_here = Path(__file__).resolve().parent
if not (_here / "queue").is_dir():
    __path__.append(str(_here.parent))
