"""The policy of the desk: values in, values out. No I/O, no clock, no randomness, no logging."""
