"""One test over many cases that need nothing fresh.

A test of its own costs some milliseconds a case, and each worker collects it: a rule that looks at
900 files is one test, and names each case that breaks it.
"""

import inspect
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

# More than these help nobody, and the first is told with its trace.
NAMED = 40
PARAM = type(pytest.param(1))


def each(
    names: str | Sequence[str],
    cases: Iterable[Any],
    *,
    ids: Callable[[Any], Any] | Iterable[Any] | None = None,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that makes one test of all `cases`, with the arguments of `pytest.mark.parametrize`.

    All cases are tried. Those that fail are named together, and the trace is that of the first. That there
    is a case is asserted too. Other arguments of the test are fixtures, made once for all cases.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    params = [case if isinstance(case, PARAM) else pytest.param(*_values(case, keys)) for case in cases]
    rows = [param.values for param in params]
    called = _names(rows, ids)
    called = [str(param.id or name) for param, name in zip(params, called, strict=True)]

    def gathered(test: Callable[..., None]) -> Callable[..., None]:
        def over_each(**fixtures: Any) -> None:
            assert rows, "there is no case to try"
            broken: list[tuple[str, BaseException]] = []
            for name, row in zip(called, rows, strict=True):
                try:
                    test(**dict(zip(keys, row, strict=True)), **fixtures)
                except (Exception, pytest.fail.Exception) as err:
                    broken.append((name, err))
            if broken:
                lines = [f"{name}: {_said(err)}" for name, err in broken[:NAMED]]
                raise AssertionError(f"{len(broken)} of {len(rows)} cases\n" + "\n".join(lines)) from broken[
                    0
                ][1]

        over_each.__name__, over_each.__qualname__ = test.__name__, test.__qualname__
        over_each.__doc__, over_each.__module__ = test.__doc__, test.__module__
        parameters = inspect.signature(test).parameters.values()
        rest = [parameter for parameter in parameters if parameter.name not in keys]
        assert len(rest) == len(parameters) - len(keys), f"{test.__name__} does not take {names}"
        over_each.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in rest]
        )
        over_each.pytestmark = getattr(test, "pytestmark", [])  # type: ignore[attr-defined]
        return over_each

    return gathered


def _values(case: Any, keys: list[str]) -> tuple[Any, ...]:
    return (case,) if len(keys) == 1 else tuple(case)


def _names(rows: list[Any], ids: Callable[[Any], Any] | Iterable[Any] | None) -> list[str]:
    if ids is not None and not callable(ids):
        return [str(name) for name in ids]
    # As pytest does, a function names each value, and leaves some to their own looks.
    say = ids if callable(ids) else lambda _: None
    return ["-".join(f"{say(value) or repr(value):.120}" for value in row) for row in rows]


def _said(err: BaseException) -> str:
    line = traceback.extract_tb(err.__traceback__)[-1]
    words = str(err).strip().replace("\n", "\n    ")
    return f"line {line.lineno}: {type(err).__name__} {words}"
