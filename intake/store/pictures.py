"""The table of previews (intake/previews.py makes them)."""

import peewee

from intake.store.fields import Bytes, Text


class Preview(peewee.Model):
    """A small PNG or JPEG of a picture, by the sha256 of the picture itself."""

    sha256: Text[str] = Text(primary_key=True)
    content: Bytes[bytes] = Bytes()

    class Meta:
        table_name = "preview"
