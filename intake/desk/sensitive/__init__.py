"""Recovery phrases, keys and card numbers: found and hidden."""
