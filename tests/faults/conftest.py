"""One process that forks the pipelines, for all tests of a worker."""

import shutil
from collections.abc import Iterator

import pytest
from conftest import unavailable
from faults import rig


@pytest.fixture(scope="session")
def stable() -> Iterator[rig.Stable]:
    """Forks pipelines, under strace where asked."""
    if shutil.which("strace") is None:
        unavailable("strace is not installed: scripts/install-test-servers.sh")
    with rig.stable() as one:
        yield one


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In `make faults` time is bounded as a whole, and a busy machine is no failure."""
    if rig.FULL:
        for item in items:
            item.add_marker(pytest.mark.timeout(0), append=False)
