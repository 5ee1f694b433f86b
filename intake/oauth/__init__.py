"""Tokens for mailboxes that take no password: logging in once, refreshing for as long as the desk runs."""
