"""Ways in and out. `registry` has an entry for each; `type = imap` in the config names one."""
