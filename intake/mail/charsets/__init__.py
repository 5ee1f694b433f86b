"""Bytes into letters."""
