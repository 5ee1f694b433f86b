"""The INI file: read, checked as a whole, and made into settings and policy."""
