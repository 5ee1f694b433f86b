"""An authorization server for each test."""

from collections.abc import Iterator

import pytest
from oauth_desk import Clock
from oauth_desk import clock as made

from intake.testing.oauth import AuthServer


@pytest.fixture
def server() -> Iterator[AuthServer]:
    with AuthServer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return made()
