"""Finished mails, and their signature."""
