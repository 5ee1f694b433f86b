"""RFC 5322 in and out, as pure functions of bytes and values."""
