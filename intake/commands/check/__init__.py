"""`intake check`: every problem of the config and of what it names, at once."""
