"""The script that completes commands in a shell."""

import re

import pytest
from command_line import Run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_that_names_the_command(intake: Run, shell: str) -> None:
    script = intake("completion", shell).output
    assert "_INTAKE_COMPLETE" in script
    assert re.search(r"\bintake\b", script)
