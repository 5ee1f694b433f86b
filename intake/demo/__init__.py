"""`intake demo`: a day at a support desk, on this machine, with nothing to set up."""

from intake.demo.play import main

__all__ = ["main"]
