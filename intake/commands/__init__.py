"""The groups of the command line. Each module is light to import; what it needs, it imports when called."""
