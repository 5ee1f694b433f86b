"""Telling people whether an email was ours."""
