"""A mail made harmless enough to show to others."""
