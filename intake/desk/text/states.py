"""What statuses and priorities are called where agents read of them. Pure."""

from intake.desk.text.said import Said, said
from intake.desk.ticket import Status

STATES: dict[str, Said] = {
    Status.NEW: said("new"),
    Status.OPEN: said("open"),
    Status.PENDING: said("pending"),
    Status.CLOSED: said("closed"),
}
# The categories that every desk has; those of an admin are called what they are called.
CATEGORIES: dict[str, Said] = {
    "enquiry": said("enquiry"),
    "technical": said("technical"),
    "account": said("account"),
    "transaction": said("transaction"),
    "security": said("security"),
}
URGENCIES: dict[str, Said] = {
    "urgent": said("urgent"),
    "high": said("high"),
    "normal": said("normal"),
    "low": said("low"),
}
