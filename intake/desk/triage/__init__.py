"""An admin's rules and fields, and the patterns they may use."""
