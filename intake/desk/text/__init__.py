"""Text made harmless, and the language it is written in."""
