"""What stands in files: their text, read as far as it can be without what is not ours. Pure."""
