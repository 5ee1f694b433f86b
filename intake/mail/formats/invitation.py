"""An invitation in a few readable lines: what, when, where, who asks (RFC 5545, RFC 5546)."""

import re
from datetime import UTC, datetime

# An invitation is some kilobytes; what is beyond is not looked at.
MAX_TEXT = 64 * 1024
MAX_LINES = 2_000
MAX_VALUE = 300
# A comment is a person's words.
MAX_COMMENT = 4_000

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(
    r"([A-Z-]{1,40})((?:;[^\":]{0,300}(?:\"[^\"]{0,300}\"[^\":]{0,300}){0,10})?):(.*)", re.IGNORECASE
)
_PARAMETER = re.compile(r";([A-Z-]{1,40})=(?:\"([^\"]*)\"|([^;\"]*))", re.IGNORECASE)
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_ESCAPE = re.compile(r"\\([\\,;nN])")
_WHAT = {"CANCEL": "Cancelled appointment", "REPLY": "Answer to an invitation", "COUNTER": "Counter-proposal"}
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}

_Properties = dict[str, tuple[dict[str, str], str]]


def summary(text: str) -> str:
    """Return a short block that says what an iCalendar text asks for, "" without an event. Never raises.

    Times stand as the sender wrote them, with their zone's name: to convert them
    would need the reader's zone, which a mail does not tell.
    """
    method, event = _read(text[:MAX_TEXT])
    if not event:
        return ""
    lines = [f"[{_WHAT.get(method, 'Invitation')}: {_said(event, 'SUMMARY') or 'no title'}"]
    when = _span(event)
    if when:
        lines.append(f"When: {when}")
    if "RRULE" in event:
        lines.append("Repeats: yes")
    if place := _said(event, "LOCATION"):
        lines.append(f"Where: {place}")
    if organiser := _person(event.get("ORGANIZER")):
        lines.append(f"Organiser: {organiser}")
    if method == "REPLY" and "ATTENDEE" in event:
        answer = _ANSWERS.get(event["ATTENDEE"][0].get("PARTSTAT", "").upper())
        if answer:
            lines.append(f"Answer: {answer}")
    if said := _comment(event):
        lines.append(f"Comment: {said}")
    return "\n".join(lines) + "]"


def comment(text: str) -> str:
    """Return what a person added to an iCalendar text (RFC 5545 section 3.8.1.4), "" for nothing.

    Never raises. Google puts it beside the name of who answers.
    """
    return _comment(_read(text[:MAX_TEXT], ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"))[1])


def _comment(event: _Properties) -> str:
    beside = event.get("ATTENDEE", ({}, ""))[0].get("X-RESPONSE-COMMENT", "")
    return _said(event, "COMMENT", MAX_COMMENT) or " ".join(beside.replace("\\n", " ").split())[:MAX_COMMENT]


def _read(text: str, kinds: tuple[str, ...] = ("VEVENT",)) -> tuple[str, _Properties]:
    """Return the METHOD and the properties of the first of these components, the first of each name."""
    method = ""
    event: _Properties = {}
    inside: list[str] = []
    for line in _FOLD.sub("", text).splitlines()[:MAX_LINES]:
        match = _LINE.fullmatch(line.strip())
        if not match:
            continue
        name, parameters, value = match[1].upper(), match[2], match[3]
        if name == "BEGIN":
            inside.append(value.strip().upper())
        elif name == "END":
            if inside and inside.pop() in kinds:
                break
        elif name == "METHOD":
            method = value.strip().upper()
        elif inside and inside[-1] in kinds and name not in event:
            values = {key.upper(): quoted or bare for key, quoted, bare in _PARAMETER.findall(parameters)}
            event[name] = values, value.strip()
    return method, event


def _said(event: _Properties, name: str, most: int = MAX_VALUE) -> str:
    value = event.get(name, ({}, ""))[1]
    value = _ESCAPE.sub(lambda match: " " if match[1] in "nN" else match[1], value)
    return " ".join(value.split())[:most]


def _person(property_: tuple[dict[str, str], str] | None) -> str:
    if property_ is None:
        return ""
    parameters, value = property_
    address = value[7:] if value[:7].lower() == "mailto:" else value
    name = " ".join(parameters.get("CN", "").split())
    return (f"{name} <{address}>" if name and name != address else address)[:MAX_VALUE]


def _span(event: _Properties) -> str:
    start, zone = _moment(event.get("DTSTART"))
    if start is None:
        return ""
    end, _ = _moment(event.get("DTEND"))
    whole_day = len(event["DTSTART"][1].strip()) == 8
    shown = f"{start:%Y-%m-%d}" if whole_day else f"{start:%Y-%m-%d %H:%M}"
    if end and not whole_day:
        shown += f" to {end:%H:%M}" if end.date() == start.date() else f" to {end:%Y-%m-%d %H:%M}"
    return f"{shown} ({zone})" if zone and not whole_day else shown


def _moment(property_: tuple[dict[str, str], str] | None) -> tuple[datetime | None, str]:
    """Return the clock reading of a DTSTART or DTEND and the name of its zone ("" for floating times)."""
    match = _WHEN.match(property_[1]) if property_ else None
    if not match or property_ is None:
        return None, ""
    year, month, day, hour, minute, _ = (int(digits or 0) for digits in match.groups()[:6])
    try:
        # The reading itself is what is shown, so any zone does for holding it.
        moment = datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None, ""
    return moment, "UTC" if match[7] else " ".join(property_[0].get("TZID", "").split())[:60]
