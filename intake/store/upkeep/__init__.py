"""Backup, restore, moving, erasure and repair."""
