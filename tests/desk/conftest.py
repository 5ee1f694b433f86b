"""What needs mail beside the project is not collected where there is none, so that nothing is skipped."""

from shared_corpora import CORPORA

collect_ignore = [] if CORPORA.is_dir() else ["test_ordinary_mail.py", "test_finding_articles.py"]
