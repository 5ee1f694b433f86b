"""The record that shows tampering, in the database (docs/decisions/0032)."""
