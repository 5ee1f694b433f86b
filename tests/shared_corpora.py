"""Where other projects' test mail lies, which may not be copied into this one."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# A worktree may lie elsewhere than the checkout that has the mail beside it.
CORPORA = Path(os.environ.get("INTAKE_CORPORA") or ROOT.parent / "shared" / "corpora")
