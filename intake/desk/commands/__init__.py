"""What agents may write at the top of an email, and what it does."""
