"""Whose a mail is where its From names a list or a web site, and another field its author.

Mailing lists that keep DMARC intact put their own address into From (RFC 7960 section 4.1.3) and name the
author in X-Original-From (Google Groups, Sympa) or in Reply-To (Mailman). Contact forms of web sites
write from an address of the server's and name the visitor in Reply-To.
"""

import re
from collections.abc import Sequence

from intake.desk.message import Address
from intake.desk.public_mail import is_public
from intake.desk.server_names import organisation
from intake.mail import addresses, headers
from intake.mail.headers import RawField
from intake.mail.machines import automatic

# Where a list puts the author whose place in From it took.
_ORIGINALS = ("x-original-from", "x-original-sender")
_NAMES_LIST = ("list-id", "list-post", "mailing-list")
# Without one of these, and without Reply-To, nobody is named beside From.
NAMING = frozenset((*_ORIGINALS, *_NAMES_LIST))
# Of more than these addresses in Reply-To none is the author's: it is a conversation.
MOST_REPLY_TO = 3
_BRACKETED = re.compile(r"<(?:mailto:)?([^<>?\s]{3,300})[^<>]*>", re.IGNORECASE)
# "list ADDRESS; contact ADDRESS", as Google and Yahoo write it.
_LIST_WORD = re.compile(r"\s*list\s+([^\s;]{3,300})", re.IGNORECASE)
# "Mo Strict via Help", as Mailman has it, and Google Groups with quotes.
_VIA = re.compile(r"\s*['\"]?(\S.{0,200}?)['\"]?\s+via\s", re.IGNORECASE)
# How the address of another is written into a local part.
_AT = ("=", "_at_")
# Of more people in Cc none is taken for the author.
_MOST_CC = 10
# Accounts that web servers, the software of sites and makers of forms write from.
_SITES = re.compile(
    r"(?:(?:www|www-data|web|website|webserver|webform|webmaster|apache2?|nginx|httpd|site|cms|email"
    r"|wordpress|wp|wpforms|joomla|drupal|typo3"
    r"|mailer|notify|notifier|notifications?|alerts?|submissions?|responses?|form-?(?:submission|response)s?)"
    r"|(?:.*[-_.])?(?:forms?|formulaire|formular|formulario|formmail|kontaktformular)(?:[-_.].*)?)",
    re.IGNORECASE,
)
# Makers of forms that write in many names.
_MAKER_LIST = """
    zapiermail.com zapier.com formspree.io formspree.com formsubmit.co web3forms.com getform.io
    usebasin.com formcarry.com typeform.com jotform.com wufoo.com cognitoforms.com 123formbuilder.com
    formstack.com formsite.com paperform.co tally.so fillout.com formbold.com netlify.com webflow.com
    squarespace.info wixforms.com wix-forms.com elfsight.com powr.io make.com ifttt.com
"""
_MAKERS = frozenset(_MAKER_LIST.split())
# Where a site takes what its visitors write. People write from some of these, too, with a Reply-To of
# their own house.
_CONTACT = re.compile(
    r"(?:contact[-_.]?(?:us|page)?|contacto|contato|contatti|contactez-?nous|kontakt(?:anfragen?)?|anfragen?"
    r"|feedback|get[-_.]?in[-_.]?touch|write[-_.]?to[-_.]?us"
    r"|(?:(?:web|web-?site|site|online)[-_.]?)?(?:enquir(?:y|ies)|inquir(?:y|ies)|leads?))",
    re.IGNORECASE,
)
# What such software writes; people's programs have a User-Agent beside it, as webmail does.
_SOFTWARE = frozenset(("x-php-originating-script", "x-php-script", "x-wpcf7-content-type"))
_MAILERS = re.compile(r"\s*(?:PHP(?:Mailer\b|\b)|WPMailSMTP\b|Drupal\b|Joomla\b)", re.IGNORECASE)


def named_author(
    fields: list[RawField], sender: Address | None, reply_to: Sequence[Address], hint: str = ""
) -> tuple[Address | None, str]:
    """Return whom the header names as the author beside From, and why From names no person ("": it may).

    `fields` are the header's, names lower-cased; `hint` is a charset for names without one. Who is named
    is anybody's word, and proves nothing.
    """
    if sender is None:
        return None, ""
    beside = {name: value for name, value in reversed(fields) if name in NAMING}
    lists = _lists(fields) if not beside.keys().isdisjoint(_NAMES_LIST) else set()
    named = None
    for name in _ORIGINALS if beside else ():
        value = beside.get(name)
        named = named or (addresses.parse_one(value, hint) if value else None)
    if named is not None and named.key == sender.key:
        named = None
    if (named is None or _no_person(named)) and len(reply_to) <= MOST_REPLY_TO:
        # A form that came over a list names its visitor in Reply-To, and the list the form.
        others = [address for address in reply_to if address.key != sender.key]
        last = named or (*others, None)[0]
        named = next((address for address in others if _dotted(address) not in lists), last)
    if named is None and _dotted(sender) in lists:
        named = _beside(fields, sender, hint)
    return named, _impersonal(fields, sender, named, lists) if named else ""


def _beside(fields: list[RawField], sender: Address, hint: str) -> Address | None:
    """Return who stands in Cc under the name in the From of a list: where answers go to the list alone,
    Mailman puts the author there."""
    match, value = _VIA.match(sender.name), headers.first(fields, "cc")
    if not match or not value:
        return None
    copied = addresses.parse_list(value, hint)
    wanted = [copy for copy in copied if copy.name.strip() == match[1].strip() and copy.key != sender.key]
    return wanted[0] if len(wanted) == 1 and len(copied) <= _MOST_CC else None


def _impersonal(fields: list[RawField], sender: Address, named: Address, lists: set[str]) -> str:
    if _dotted(sender) in lists:
        return "its From is the address of a mailing list"
    local = sender.mailbox.rpartition("@")[0][:200]
    if local.lower() in {named.key.replace("@", sign) for sign in _AT}:
        return "its From holds the address of its author"
    if _no_person(sender):
        return "its From is no person's address"
    if _for_another_house(fields, sender, named):
        if organisation(sender.domain) in _MAKERS:
            return "its From is of a maker of forms"
        if _CONTACT.fullmatch(local.partition("+")[0]) and not _of_people(fields):
            return "its From is where a web site takes what its visitors write"
    if _of_software(fields):
        return "the software of a web site wrote it"
    return ""


def _for_another_house(fields: list[RawField], sender: Address, named: Address) -> bool:
    """Whether a mail names somebody of another house, and answers nothing."""
    if not {name for name, _ in fields}.isdisjoint(("in-reply-to", "references")):
        return False
    return is_public(sender.domain) or organisation(sender.domain) != organisation(named.domain)


def _of_people(fields: list[RawField]) -> bool:
    """Whether a mail says what program its author uses."""
    return not {name for name, _ in fields}.isdisjoint(("user-agent", "x-mailer"))


def _no_person(address: Address) -> bool:
    local = address.mailbox.rpartition("@")[0][:200].partition("+")[0]
    return _SITES.fullmatch(local) is not None or bool(automatic.of_sender(address.mailbox))


def _of_software(fields: list[RawField]) -> bool:
    """Whether the software of a web site wrote a mail, and nobody by it an answer to ours."""
    names = {name for name, _ in fields}
    if not names.isdisjoint(("in-reply-to", "references", "user-agent")):
        return False
    mailer = headers.first(fields, "x-mailer") or b""
    return not names.isdisjoint(_SOFTWARE) or _MAILERS.match(mailer.decode("latin-1")) is not None


def _dotted(address: Address) -> str:
    return address.key.replace("@", ".")


def _lists(fields: list[RawField]) -> set[str]:
    """Return the addresses of the lists that a mail says it came over, as their List-Id has them (RFC 2919):
    lower-cased, with a dot for the @."""
    lists: set[str] = set()
    for name, raw in fields:
        if name not in _NAMES_LIST:
            continue
        value = headers.decode(raw)
        for match in _BRACKETED.finditer(value[:1000]):
            lists.add(match[1])
        if word := _LIST_WORD.match(value):
            lists.add(word[1])
    return {entry.lower().replace("@", ".") for entry in lists}
