"""Which tests of the store need a database: they look at its tables and files, not through the port."""

import pytest

ON_SQL = pytest.mark.parametrize("bench", ["sqlite", "postgres"], indirect=True)
