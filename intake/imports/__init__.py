"""Import: the history of another desk, or of a mail account, becomes tickets of this one (docs/import.md)."""
