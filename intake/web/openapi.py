"""The API, described as OpenAPI 3.1 has it, with the fields and categories of this desk."""

from collections.abc import Sequence
from typing import Any

from intake import __version__
from intake.desk.addresses import MAX_ADDRESS
from intake.web import form, keys
from intake.web.body import MAX_FILES
from intake.web.form import FormRequest
from intake.web.languages import LANGUAGES

# Narrower than what is taken: an address that fits is an address.
_ADDRESS = r"^[A-Za-z0-9_+-]{1,30}(\.[A-Za-z0-9_+-]{1,30})?@([a-z0-9]{1,30}\.){1,3}[a-z]{2,20}$"
_PATTERNS = {"version": r"^[vV]?\d{1,6}(\.\d{1,6}){0,5}$", "number": r"^[-+]?\d{1,30}([.,]\d{1,30})?$"}
_STATES = ("received", "ticketed", "appended", "duplicate", "automatic", "quarantined", "erased")


def describe(asked: Sequence[FormRequest], root: str, room: int) -> dict[str, Any]:
    """Return the description; `root` is the path of the form, `room` how many bytes of files it takes."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Intake",
            "version": __version__,
            "description": "Opens tickets. The address in a request proves nothing about who sent it: it "
            "gets one confirmation that carries nothing of the request.",
        },
        "servers": [{"url": root.rstrip("/") or "/"}],
        "security": [{"key": []}],
        "paths": {
            "/api/v1/tickets": {"post": _create(room)},
            "/api/v1/messages/{id}": {"get": _message()},
        },
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"A key of `intake apikey create`, which begins with {keys.PREFIX}.",
                }
            },
            "schemas": {"Ticket": _ticket(asked), "State": _STATE, "Problem": _PROBLEM},
        },
    }


def _create(room: int) -> dict[str, Any]:
    ticket = {"$ref": "#/components/schemas/Ticket"}
    files = {
        "type": "array",
        "items": {"type": "string", "contentMediaType": "application/octet-stream"},
        "maxItems": MAX_FILES,
        "description": f"Together up to {room} bytes.",
    }
    return {
        "operationId": "createTicket",
        "summary": "Open a ticket",
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 255, "pattern": "^[ -~]*$"},
                "description": "The same key and request again is answered alike and opens nothing.",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": ticket},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["ticket"],
                        "properties": {"ticket": ticket, "files": files},
                    },
                    "encoding": {"ticket": {"contentType": "application/json"}},
                },
            },
        },
        "responses": {
            "201": _state("It is durable, and its outcome known.", linked=True),
            "202": _state("It is durable; ask again what becomes of it.", linked=True),
            **_problems("400", "401", "403", "413", "415", "422", "429", "503"),
        },
    }


def _message() -> dict[str, Any]:
    return {
        "operationId": "readMessage",
        "summary": "What became of a message that this key brought",
        "parameters": [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 1, "maximum": (1 << 63) - 1},
            }
        ],
        "responses": {"200": _state("What is known."), **_problems("401", "403", "404", "429", "503")},
    }


def _state(text: str, linked: bool = False) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": text,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/State"}}},
    }
    if linked:
        response["headers"] = {"Location": {"schema": {"type": "string"}}}
        response["links"] = {
            "message": {"operationId": "readMessage", "parameters": {"id": "$response.body#/id"}}
        }
    return response


def _problems(*statuses: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _WHY[status], "content": content} for status in statuses}


def _ticket(asked: Sequence[FormRequest]) -> dict[str, Any]:
    own = {field.value: _field(field) for field in asked if field.value}
    needed = [field.value for field in asked if field.value and field.required]
    fields: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": own}
    if needed:
        fields["required"] = needed
    properties: dict[str, Any] = {
        "email": {"type": "string", "pattern": _ADDRESS, "maxLength": MAX_ADDRESS},
        "name": {"type": "string", "maxLength": form.MAX_NAME},
        "subject": {"type": "string", "minLength": 1, "maxLength": form.MAX_SUBJECT},
        "message": {"type": "string", "minLength": 1, "description": "Up to 256 KiB in UTF-8."},
        "fields": fields,
        "language": {
            "type": "string",
            "enum": list(LANGUAGES),
            "description": "What the person reads, and the ticket's unless the text is clearly of another.",
        },
        "attachments": {
            "type": "array",
            "maxItems": MAX_FILES,
            "items": {
                "type": "object",
                "required": ["name", "content"],
                "properties": {
                    "name": {"type": "string"},
                    "content": {"type": "string", "contentEncoding": "base64"},
                },
            },
        },
    }
    required = ["email", "subject", "message", *(["fields"] if needed else [])]
    for field in asked:
        if field.name == "category":
            properties["category"] = _field(field)
            required += ["category"] if field.required else []
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _field(field: FormRequest) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "string", "maxLength": field.longest}
    if field.required:
        value["minLength"] = 1
    if field.check in _PATTERNS:
        value["pattern"] = _PATTERNS[field.check]
    described = form.said(field.label, "en")
    if described:
        value["description"] = described
    if field.choices:
        value["enum"] = [*([] if field.required else [""]), *(name for name, _ in field.choices)]
    return value


_STATE = {
    "type": "object",
    "required": ["id", "state", "ticket", "status", "progress"],
    "properties": {
        "id": {"type": "integer"},
        "state": {"type": "string", "enum": list(_STATES)},
        "ticket": {"type": ["integer", "null"], "description": "The number, once it is open."},
        "status": {"type": ["string", "null"]},
        "progress": {"type": ["string", "null"], "description": "A page that shows how far it is."},
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_WHY = {
    "400": "It could not be read.",
    "401": "The key is missing, unknown or revoked.",
    "403": "The key lacks the scope.",
    "404": "There is no such message of this key.",
    "413": "It is too large.",
    "415": "It is neither JSON nor multipart/form-data.",
    "422": "It is not in order, or its idempotency key was used for another.",
    "429": "Too many; Retry-After says how many seconds to wait.",
    "503": "It could not be stored just now.",
}
