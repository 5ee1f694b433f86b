"""An authenticator app, for tests that need a second factor at the command line."""

import re
from base64 import b32decode
from datetime import UTC, datetime

from intake.desk.factor import code, step_at


class Phone:
    """An authenticator app. Each code it shows is of a step of its own, so that none was used before."""

    def __init__(self, output: str) -> None:
        match = re.search(r"secret=([A-Z2-7]+)", "".join(output.split()))
        assert match is not None, output
        self.secret, self.shown = b32decode(match[1] + "=" * (-len(match[1]) % 8)), 2

    def code(self) -> tuple[str, str]:
        self.shown -= 1
        return "--code", code(self.secret, step_at(datetime.now(UTC)) - self.shown)
