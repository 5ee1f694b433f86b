"""The channel to copy, in examples/channel, tried with the tests that lie beside it."""

import importlib.util
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "channel"

# As `PYTHONPATH=examples/channel` does it for who tries the example.
sys.path.insert(0, str(EXAMPLE))
_spec = importlib.util.spec_from_file_location("test_jsondrop", EXAMPLE / "test_jsondrop.py")
assert _spec is not None
assert _spec.loader is not None
_theirs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_theirs)
globals().update({name: value for name, value in vars(_theirs).items() if name.lower().startswith("test")})
