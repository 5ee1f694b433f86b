"""Incidents: what the desk does, and by when, where somebody's coins or data are at stake."""
