"""Sealing what came with secrets: for whom, when, and opening it again. See docs/decisions/0033."""
