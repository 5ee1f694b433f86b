"""Reading a request of the API: JSON, or a form post whose part `ticket` is that JSON, with files."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request

from intake.web import form
from intake.web.address import typed_address
from intake.web.body import MAX_FILES
from intake.web.form import FormRequest
from intake.web.languages import LANGUAGES
from intake.web.message import Upload
from intake.web.problems import problem
from intake.web.shared import RETRY_SECONDS, Shared

# JSON is held in memory, decoded and not; larger files come as multipart/form-data.
MAX_JSON = 8 * 1024 * 1024
_KNOWN = {"email", "name", "subject", "message", "category", "fields", "language", "attachments"}

# What is wrong, in English: programs read it, and who writes them.
_SENTENCES = {
    "email_wrong": "is not a mail address",
    "email_long": "is longer than an address can be",
    "category_wrong": "is not one of the categories",
    "field_secret": "looks like a private key or a recovery phrase, which must never be sent",
    "field_wallet": "is not an address of the chains it may be of",
    "field_hash": "cannot be the hash of a transaction",
    "field_version": "is not a version",
    "field_number": "is not a number",
    "field_pattern": "does not match the pattern",
    "field_choice": "is not one of the choices",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A request that is in order. `digest` is the same for the same content, however it was sent.

    `language` is the one it names, else that of the desk, and `chosen` "" when it names none.
    """

    values: Mapping[str, str]
    address: str
    language: str
    chosen: str
    digest: str
    files: Sequence[Upload] = field(default=(), repr=False)


def read(shared: Shared) -> Given | Response:
    """Return what the request at hand asks for, or the problem to answer with."""
    kind, room = request.mimetype, shared.room
    cut = request.environ.get("intake.body_cut")
    if cut == "unkept":
        return problem(503, retry_after=RETRY_SECONDS)
    if cut:
        return problem(413)
    if kind == "multipart/form-data":
        body = shared.body(room)
        if "unkept" in body.problems:
            return problem(503, retry_after=RETRY_SECONDS)
        if body.problems & {"files_large", "files_many", "cut"}:
            return problem(413, f"Up to {MAX_FILES} files and {room} bytes of them together.")
        if body.problems:
            return problem(400, "The body is not multipart/form-data.")
        text: bytes | str = body.fields.get("ticket", "")
        files = body.files
    elif kind == "application/json":
        text = request.stream.read(MAX_JSON + 1)
        if len(text) > MAX_JSON:
            return problem(413, f"JSON up to {MAX_JSON} bytes; send larger files as multipart/form-data.")
        files = []
    else:
        return problem(415, "Send application/json or multipart/form-data.")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return problem(400, "The body, or its part ticket, is not JSON.")
    return _checked(value, files, shared.questions, room, shared.pages.fallback)


def _checked(
    value: Any, files: list[Upload], asked: Sequence[FormRequest], room: int, fallback: str
) -> Given | Response:
    if not isinstance(value, dict):
        return problem(422, "The body must be an object.", [{"field": "", "message": "is not an object"}])
    wrong = [_error(name, "is not known") for name in value if name not in _KNOWN]
    texts = {
        field.name: _text(value, field.name, wrong)
        for field in asked
        if not field.value and field.name in _KNOWN
    }
    texts |= _own(value.get("fields", {}), asked, wrong)
    if "category" in value and "category" not in texts and value["category"] not in ("", None):
        wrong.append(_error("category", "this desk has no categories"))
    language = value.get("language", fallback)
    if not isinstance(language, str) or language not in LANGUAGES:
        wrong.append(_error("language", f"is none of {', '.join(LANGUAGES)}"))
        language = fallback
    files = [*files, *_attachments(value.get("attachments", []), wrong)]
    if len(files) > MAX_FILES or sum(len(file.content) for file in files) > room:
        return problem(413, f"Up to {MAX_FILES} files and {room} bytes of them together.")
    named = {field.name: f"fields.{field.value}" if field.value else field.name for field in asked}
    known = {error["field"] for error in wrong}
    for fault in form.check(texts, (), asked):
        if named[fault.field] not in known:
            wrong.append(_error(named[fault.field], _sentence(fault)))
    if wrong:
        return problem(422, "The request is not in order; errors say where.", wrong)
    address = typed_address(texts["email"]) or ""
    chosen = language if "language" in value else ""
    return Given(texts, address, language, chosen, _digest(texts, language, files), files)


def _error(name: str, message: str) -> dict[str, str]:
    return {"field": name[:100], "message": message}


def _sentence(fault: form.FieldError) -> str:
    if fault.key.endswith("_missing"):
        return "is missing"
    if fault.key.endswith("_long") and fault.key not in _SENTENCES:
        return f"is longer than {fault.most} characters" if fault.field != "message" else "is too long"
    return _SENTENCES[fault.key]


def _text(value: Mapping[str, Any], name: str, wrong: list[dict[str, str]]) -> str:
    text = value.get(name, "")
    if isinstance(text, str):
        return text
    wrong.append(_error(name, "must be a text"))
    return ""


def _own(fields: Any, asked: Sequence[FormRequest], wrong: list[dict[str, str]]) -> dict[str, str]:
    if not isinstance(fields, dict):
        wrong.append(_error("fields", "must be an object"))
        fields = {}
    own = {question.value: question.name for question in asked if question.value}
    wrong += [_error(f"fields.{name}", "is not known") for name in fields if name not in own]
    texts = {}
    for value, name in own.items():
        text = fields.get(value, "")
        if not isinstance(text, str):
            wrong.append(_error(f"fields.{value}", "must be a text"))
            text = ""
        texts[name] = text
    return texts


def _attachments(items: Any, wrong: list[dict[str, str]]) -> list[Upload]:
    if not isinstance(items, list) or len(items) > MAX_FILES:
        wrong.append(_error("attachments", f"must be a list of up to {MAX_FILES}"))
        return []
    files = []
    for place, item in enumerate(items):
        name, content = (item.get("name"), item.get("content")) if isinstance(item, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(content, str):
            wrong.append(_error(f"attachments.{place}", "must have a name, and its content in base64"))
            continue
        try:
            files.append(Upload(name[:1000], base64.b64decode(content, validate=True)))
        except (ValueError, binascii.Error):
            wrong.append(_error(f"attachments.{place}.content", "is not base64"))
    return files


def _digest(values: Mapping[str, str], language: str, files: Sequence[Upload]) -> str:
    """Return what two requests of the same content have in common."""
    held = [[file.name, _sha256(file)] for file in files]
    text = json.dumps([sorted(values.items()), language, held], ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _sha256(file: Upload) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
