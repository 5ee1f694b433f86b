"""Processes, threads, leases and logs: what runs the desk."""
