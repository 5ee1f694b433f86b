"""What is new in a reply, and what is quoted or forwarded."""
