"""Answering machines, bounces and reports, told from people."""
