"""The ordered table of rules, and the rules it names."""
