"""Bodies and attachments that are no plain text."""
