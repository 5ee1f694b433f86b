"""A channel for Intake: a folder into which another program drops messages as JSON files."""
