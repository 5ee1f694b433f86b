"""Converters: what another help desk keeps becomes a folder that `intake import tickets` reads.

A converter for a product is two modules: one that turns its rows into tickets, pure, and one that gets the
rows (a file, an API, a database). `running` puts them together and `writing` writes the folder.
"""
