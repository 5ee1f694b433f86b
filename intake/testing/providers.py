"""What providers of mailboxes do each in their own way, as far as documentation and public threads tell.

One row a provider: intake.testing.imap_script plays it, and docs/providers.md tells of it under its `title`.
"""

from dataclasses import dataclass

_MISSING = "NO [NONEXISTENT] there is no such folder"
_WRONG = "NO [AUTHENTICATIONFAILED] Invalid credentials"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's IMAP server. `outside` and `inside` are its capabilities before and after the login; texts
    of refusals are how the tagged answer goes on: `unknown` to who did not say by ID which program it is,
    `too_many` beyond so many `connections`, `no_password` where only a `token` opens. `size_off`: how much
    its RFC822.SIZE errs. `all_mail` is the folder that holds every message. `sources` say where it is from;
    what none of them shows has the form of RFC 5530. `limits` are the pages on which the provider states
    those that docs/providers.md gives."""

    name: str
    title: str
    host: str
    inside: str
    sources: tuple[str, ...]
    outside: str = "IMAP4rev1 AUTH=PLAIN"
    greeting: str = "* OK ready"
    wrong: str = _WRONG
    missing: str = _MISSING
    unknown: str = ""
    connections: int = 10
    too_many: str = "NO [LIMIT] too many connections"
    token: bool = False
    no_password: str = "NO [AUTHENTICATIONFAILED] passwords are not accepted"
    keywords: bool = True
    separator: str = "/"
    prefix: str = ""
    size_off: int = 0
    folders: tuple[str, ...] = ()
    all_mail: str = ""
    # What it says, and to which command, that is no matter of the password: (command, answer, it passes).
    refusals: tuple[tuple[str, str, bool], ...] = ()
    limits: tuple[str, ...] = ()


_NETEASE = "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS SASL-IR AUTH=PLAIN"

PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "gmail",
        "Gmail, Google Workspace",
        "imap.gmail.com",
        "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS ENABLE "
        "COMPRESS=DEFLATE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE",
        (
            "developers.google.com/workspace/gmail/imap/imap-extensions",
            "github.com/zone-eu/wildduck/issues/35",
            "github.com/imapsync/imapsync/issues/61",
        ),
        limits=(
            "support.google.com/mail/answer/97150",
            "support.google.com/a/answer/1071518",
            "support.google.com/a/answer/166852",
        ),
        outside="IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR "
        "AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER",
        greeting="* OK Gimap ready for requests from 192.0.2.1",
        wrong="NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
        missing="NO [NONEXISTENT] Unknown Mailbox: Other (Failure)",
        connections=15,
        too_many="NO [ALERT] Too many simultaneous connections. (Failure)",
        folders=("[Gmail]/All Mail",),
        all_mail="[Gmail]/All Mail",
        refusals=(
            ("LOGIN", "NO [WEBALERT https://accounts.example/x] Web login required. (Failure)", False),
            ("SELECT", "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", True),
        ),
    ),
    Provider(
        "microsoft",
        "Microsoft 365, Outlook.com",
        "outlook.office365.com",
        "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES "
        "CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+",
        (
            "github.com/mscdex/node-imap/issues/689",
            "github.com/mscdex/node-imap/issues/523",
            "github.com/simonrob/email-oauth2-proxy/issues/74",
        ),
        limits=(
            "learn.microsoft.com/en-us/office365/servicedescriptions/exchange-online-service-description/"
            "exchange-online-limits",
        ),
        outside="IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE "
        "LITERAL+",
        greeting="* OK The Microsoft Exchange IMAP4 service is ready.",
        wrong="NO AUTHENTICATE failed.",
        missing="NO Other doesn't exist.",
        connections=20,
        too_many="NO [LIMIT] too many connections",
        token=True,
        no_password="NO LOGIN failed.",
        keywords=False,
        size_off=-37,
        refusals=(("SELECT", "BAD User is authenticated but not connected.", True),),
    ),
    Provider(
        "yahoo",
        "Yahoo, AOL",
        "imap.mail.yahoo.com",
        "IMAP4rev1 ID MOVE NAMESPACE X-ID-ACLID UIDPLUS LITERAL+ XAPPLEPUSHSERVICE XYMHIGHESTMODSEQ",
        (
            "github.com/jstedfast/MailKit/issues/358",
            "github.com/imapsync/imapsync/issues/119",
            "github.com/ikvk/imap_tools/issues/229",
            "github.com/postalsys/imapflow/issues/75",
        ),
        outside="IMAP4rev1 ID MOVE NAMESPACE X-ID-ACLID UIDPLUS LITERAL+ CHILDREN AUTH=PLAIN AUTH=LOGIN "
        "AUTH=XOAUTH2",
        connections=5,
        too_many="NO [LIMIT] LOGIN Rate limit hit.",
        keywords=False,
        refusals=(
            ("FETCH", "NO [UNAVAILABLE] UID FETCH Server error - Please try again later", True),
            ("SELECT", "NO [INUSE] SELECT mailbox in use", True),
        ),
    ),
    Provider(
        "icloud",
        "iCloud",
        "imap.mail.me.com",
        "IMAP4rev1 ENABLE ID IDLE NAMESPACE QUOTA UIDPLUS UNSELECT CONDSTORE ESEARCH MOVE SASL-IR",
        (
            "support.postbox-inc.com/hc/en-us/articles/202200110",
            "sowebmail.com/email-setup/icloud",
        ),
        limits=("support.apple.com/102198",),
        folders=("Archive",),
    ),
    Provider(
        "netease",
        "163, 126, yeah.net",
        "imap.163.com",
        _NETEASE,
        (
            "github.com/mjs/imapclient/issues/544",
            "github.com/pimalaya/himalaya/issues/651",
            "github.com/smiley22/S22.Imap/issues/167",
        ),
        outside=_NETEASE,
        greeting="* OK Coremail System IMap Server Ready(163com)",
        wrong="NO LOGIN Login error or password error",
        missing="NO SELECT The folder does not exist",
        unknown="NO SELECT Unsafe Login. Please contact kefu@188.com for help",
        connections=5,
        keywords=False,
    ),
    Provider(
        "qq",
        "QQ, Tencent Exmail",
        "imap.qq.com",
        "IMAP4 IMAP4rev1 XLIST MOVE IDLE XAPPLEPUSHSERVICE NAMESPACE CHILDREN ID UIDPLUS COMPRESS=DEFLATE",
        ("github.com/chengazhen/cursor-auto-free/issues/294", "blog.zhheo.com/p/6124d6aa.html"),
        outside="IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 NAMESPACE",
        greeting="* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN NAMESPACE] QQMail XMIMAP4Server ready",
        wrong="NO Login fail. Account is abnormal, service is not open, password is incorrect, "
        "login frequency limited, or system is busy.",
        keywords=False,
        connections=5,
    ),
    Provider(
        "yandex",
        "Yandex",
        "imap.yandex.com",
        "IMAP4rev1 CHILDREN UNSELECT LITERAL+ NAMESPACE XLIST UIDPLUS ENABLE ID IDLE MOVE",
        ("yandex.com/support/mail/web/letter/create/send-many-letters.html",),
        limits=("yandex.com/support/mail/web/letter/create/send-many-letters.html",),
        outside="IMAP4rev1 CHILDREN UNSELECT LITERAL+ NAMESPACE XLIST BINARY UIDPLUS ENABLE ID AUTH=PLAIN "
        "AUTH=XOAUTH2 IDLE MOVE",
        greeting="* OK Yandex IMAP4rev1 at imap.example ready to talk with 192.0.2.1",
        wrong="NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled",
        missing="NO [TRYCREATE] SELECT No such folder.",
        separator="|",
        refusals=(("SELECT", "NO [UNAVAILABLE] SELECT Backend error.", True),),
    ),
    Provider(
        "fastmail",
        "Fastmail",
        "imap.fastmail.com",
        "IMAP4rev1 LITERAL+ ID ENABLE ACL RIGHTS=kxten QUOTA NAMESPACE UIDPLUS UNSELECT CHILDREN BINARY SORT "
        "CONDSTORE QRESYNC ESEARCH MOVE IDLE SPECIAL-USE",
        ("www.fastmail.com/help/technical/servernamesandports.html",),
        greeting="* OK IMAP4 ready",
        refusals=(("SELECT", "NO [NOPERM] Permission denied", False),),
    ),
    Provider(
        "dovecot",
        "Dovecot",
        "mail.example.com",
        "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT UNSELECT CHILDREN NAMESPACE UIDPLUS "
        "LIST-EXTENDED CONDSTORE QRESYNC ESEARCH WITHIN MOVE LITERAL+ SPECIAL-USE",
        (
            "doc.dovecot.org/2.3/settings/core/#core_setting-mail_max_userip_connections",
            "github.com/mscdex/node-imap/issues/606",
        ),
        limits=("doc.dovecot.org/2.3/settings/core/#core_setting-mail_max_userip_connections",),
        greeting="* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE AUTH=PLAIN] Dovecot ready.",
        too_many="NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded "
        "(mail_max_userip_connections=10)",
        missing="NO [NONEXISTENT] Mailbox doesn't exist: Other",
        refusals=(
            ("SELECT", "NO [SERVERBUG] Internal error occurred.", True),
            ("SELECT", "NO [NOPERM] Permission denied", False),
        ),
    ),
    Provider(
        "cyrus",
        "Cyrus",
        "mail.example.com",
        "IMAP4rev1 LITERAL+ ID ENABLE ACL QUOTA NAMESPACE UIDPLUS UNSELECT CHILDREN MOVE IDLE",
        ("www.cyrusimap.org/imap/reference/manpages/configs/imapd.conf.html",),
        wrong="NO authentication failure",
        missing="NO [NONEXISTENT] Mailbox does not exist",
        separator=".",
        prefix="INBOX.",
        refusals=(("SELECT", "NO [NOPERM] Permission denied", False),),
    ),
    Provider(
        "courier",
        "Courier",
        "mail.example.com",
        "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT SORT QUOTA IDLE ACL",
        (
            "scottbush.net/it/it-nightmare-maxperip-in-courier-imap/",
            "github.com/drajer-health/eCRNow/issues/1006",
        ),
        outside="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT SORT QUOTA IDLE ACL AUTH=PLAIN",
        greeting="* OK [CAPABILITY IMAP4rev1 UIDPLUS CHILDREN NAMESPACE SORT QUOTA IDLE] Courier-IMAP ready.",
        wrong="NO Login failed.",
        missing="NO Mailbox does not exist, or must be subscribed to.",
        connections=4,
        too_many="NO [ALERT] Too many connections from your address, too many simultaneous connections",
        separator=".",
        prefix="INBOX.",
    ),
)
BY_NAME = {provider.name: provider for provider in PROVIDERS}
