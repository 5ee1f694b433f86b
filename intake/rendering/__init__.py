"""Templates, dates of each language, and the mails that are owed."""
