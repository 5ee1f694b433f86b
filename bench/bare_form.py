"""The bare endpoint: Flask on waitress, one durable insert of what was posted, and nothing else.

No token, no limit, no check of a field, no message made of it. Run as a process of its own:
`python bench/bare_form.py DATABASE`; its first line says the port.
"""

import sqlite3
import sys
import threading

from flask import Flask, redirect, request
from waitress.server import create_server
from werkzeug.wrappers import Response

_OWN = threading.local()


def make(path: str) -> Flask:
    """Return the application; it writes into the SQLite file at `path`, as durably as the desk does."""
    app = Flask("bare_form")

    def database() -> sqlite3.Connection:
        if not hasattr(_OWN, "db"):
            _OWN.db = sqlite3.connect(path, isolation_level=None, timeout=20)
            _OWN.db.execute("PRAGMA journal_mode=WAL")
            _OWN.db.execute("PRAGMA synchronous=FULL")
        db: sqlite3.Connection = _OWN.db
        return db

    database().execute("CREATE TABLE post (id INTEGER PRIMARY KEY, email, subject, message, name, content)")

    @app.post("/")
    def post() -> Response:
        file = request.files["files"]
        row = [request.form[name] for name in ("email", "subject", "message")]
        db = database()
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO post VALUES (NULL, ?, ?, ?, ?, ?)", [*row, file.filename, file.read()])
        db.execute("COMMIT")
        return redirect("/sent", 303)

    return app


if __name__ == "__main__":
    server = create_server(make(sys.argv[1]), host="127.0.0.1", port=0, threads=4)
    print(server.effective_port, flush=True)
    server.run()
