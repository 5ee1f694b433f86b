"""A scripted day of a desk: fifty tickets, four agents, three hours, over real servers. See test_day.py."""
