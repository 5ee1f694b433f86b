"""The record that shows tampering: a tree over rows, what a row says, and checkpoints. Pure."""
