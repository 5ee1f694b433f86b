"""Keeping the record that shows tampering: its key, its checkpoints, and their way out of the machine."""
