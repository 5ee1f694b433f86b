"""`intake check`: what is wrong with the config and what it names, all at once."""
