"""From the tables of an older version to these."""
