"""What an S3-compatible store answers, in words that say what to do."""

import re

# How the library writes an answer: its status, and the error's code in the XML of the body.
_CODE = re.compile(r"<Code>\s*([A-Za-z0-9]+)\s*</Code>|\(code: ([A-Za-z0-9]+)\)")
_STATUS = re.compile(r"status code: (\d{3})")
# Seen of servers that have no code of their own for it.
_SKEW = re.compile(r"request time|RequestExpired", re.IGNORECASE)

_KEY = "the server does not know this access key: correct [store] blobs_key"
_SECRET = "the secret does not fit the access key: correct [store] blobs_secret"
_CLOCK = "the clock of this machine and the server's differ by minutes: set the clock (NTP)"
_REGION = "the bucket is in another region: write it into [store] blobs_region"
_BUSY = "the server is too busy or out of order just now: it is tried again"
_EXPIRED = "the credentials have run out: renew them"
_FULL = "the store is full or over its quota: make room there"

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and MinIO's and Ceph's own.
_WORDS = {
    "InvalidAccessKeyId": _KEY,
    "SignatureDoesNotMatch": _SECRET,
    "RequestTimeTooSkewed": _CLOCK,
    "NoSuchBucket": "there is no such bucket: create it, or correct [store] blobs",
    "NoSuchKey": "write the server alone into [store] blobs_endpoint, without the name of the bucket",
    "InvalidBucketName": "this is no name of a bucket: correct [store] blobs",
    "PermanentRedirect": _REGION,
    "TemporaryRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "InvalidRegion": _REGION,
    "ExpiredToken": _EXPIRED,
    "InvalidToken": _EXPIRED,
    "SlowDown": _BUSY,
    "ServiceUnavailable": _BUSY,
    "InternalError": _BUSY,
    "QuotaExceeded": _FULL,
    "XMinioStorageFull": _FULL,
    "XMinioAdminBucketQuotaExceeded": _FULL,
    "ObjectLocked": "the bucket lets nothing be removed (object lock): use a bucket without it",
}
# What the key must be allowed, by what was tried.
_ACTIONS = {
    "write": "s3:PutObject",
    "read": "s3:GetObject",
    "look at": "s3:GetObject and s3:ListBucket",
    "list": "s3:ListBucket",
    "delete": "s3:DeleteObject",
}


def code_of(text: str) -> str:
    """Return the code of an error as the server gave it, "" where it gave none."""
    match = _CODE.search(text)
    return (match[1] or match[2]) if match else ""


def answered(text: str) -> bool:
    """Whether the server said anything, given what the library says."""
    return any(said in text for said in ("status code", "redirect", "(code: "))


def in_words(text: str, verb: str) -> str:
    """Return what is wrong and what to do, given what the library says and what was tried.

    Its text may hold a signature or a key: nothing but the code and the status of it is shown.
    """
    code, match = code_of(text), _STATUS.search(text)
    status = match[1] if match else ""
    if "169.254." in text:
        return (
            "there are no credentials: set [store] blobs_key and blobs_secret, AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or give this machine a role"
        )
    if _SKEW.search(text):
        return _CLOCK
    if code in _WORDS:
        return _WORDS[code]
    if status in ("401", "403"):
        said = f" ({code})" if code else ""
        return f"the key may not {verb} there{said}: allow it {_ACTIONS[verb]}"
    if status in ("301", "307", "308") or "redirect" in text:
        return _REGION
    if code == "AccessDenied":
        return f"the key may not {verb} there ({code}): allow it {_ACTIONS[verb]}"
    if status in ("429", "500", "502", "503", "504"):
        return _BUSY
    if status:
        return f"the server refused it ({' '.join(filter(None, (status, code)))}): see its log"
    return _unanswered(text)


def _unanswered(text: str) -> str:
    lower = text.lower()
    if "certificate" in lower:
        return "its certificate is not trusted: name its authority in [store] blobs_ca_file"
    if "dns error" in lower or "failed to lookup" in lower:
        return "its name is not known: correct [store] blobs_endpoint or blobs_region"
    if "kind: timeout" in lower or "timed out" in lower:
        return "it did not answer in time: look whether it is overloaded, or the network"
    return "it cannot be reached: start it, or correct [store] blobs_endpoint"
