"""Deliberate bugs."""


def apply(name: str) -> None:
    pass
