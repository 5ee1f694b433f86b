"""`intake ticket`: look at tickets, and do to them what agents do by mail."""
