"""The four verbs: receive, process, deliver, tick."""
