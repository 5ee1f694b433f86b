"""When our own mail server marked a mail as spam, and whose word about it is not ours."""

from each_case import each

from intake.mail.parse import parse

OURS = (
    "Received: from mx.sender.example (mx.sender.example [192.0.2.7]) by mx.desk.example (Postfix) with ESMTP"
)
LOCAL = "Received: from localhost (localhost [127.0.0.1]) by mail.desk.example (Postfix) with ESMTP id 4Xy"
AMAVIS = "Received: from mail.desk.example ([127.0.0.1]) by localhost (mail.desk.example [127.0.0.1])"
THEIRS = "Received: from [10.0.0.5] by mx.sender.example (Postfix) with ESMTPSA id 9Z"
EXCHANGE = "Received: from A.eurprd01.prod.outlook.com by B.eurprd02.prod.outlook.com with HTTPS"
BORDER = "Received: from mx.sender.example (192.0.2.7) by C.mail.protection.outlook.com with Microsoft SMTP"
GMAIL = "Received: from mx.sender.example by mx.google.com with ESMTPS id a1"
EXIM = "Received: from mx.sender.example ([192.0.2.7]) by server.host.example with esmtps (Exim 4.98)"
NUMBERED = f"{OURS}S id 4XyZq1 for <support@desk.example>"
YANDEX = "Received: from mx.sender.example by front-83.iva.yp-c.yandex.net (mxfront) with ESMTPS id W1"
OVH = "Received: from mx.sender.example by in79.mail.ovh.net (Postfix) with ESMTPS id 4bbr4s4R"
OVHS = "Received: from DAG9EX2.mxp5.local by DAG8EX1.mxp5.local with Microsoft SMTP Server"
JUNK = "X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:0;auth:0;dest:J;OFR:SpamFilterAuthJ;ENG:(50)"
INBOX = "X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:0;auth:1;dest:I;ENG:(20160513016)"
SHOWN = JUNK[: len("X-Microsoft-Antispam-Mailbox-Delivery: ") + 60]
SCANNER = "X-Desk-MailScanner-SpamCheck: spam, SpamAssassin (not cached, score=9.1)"
SCANNED = "X-MailScanner-SpamCheck: spam, SpamAssassin (not cached, score=9.1)"
RUNNING = (
    'X-Spam-Report: Spam detection software, running on the system "server.host.example",\n\thas found it'
)
FLAG = "X-Spam-Flag: YES"

MARKED = {
    "SpamAssassin, on top": ([FLAG, OURS, THEIRS], FLAG),
    "with its own name above": (
        ["X-Spam-Checker-Version: SpamAssassin 4.0 (2022-12-14) on mail.desk.example", FLAG, OURS, THEIRS],
        FLAG,
    ),
    "a milter, just below our own hop": ([OURS, "X-Spam: Yes", THEIRS], "X-Spam: Yes"),
    "amavis, between our own hops": ([LOCAL, FLAG, AMAVIS, OURS, THEIRS], FLAG),
    "its score in the status alone": (
        ["X-Spam-Status: Yes, score=25.1 required=5.0 tests=A,B", OURS],
        "X-Spam-Status: Yes, score=25.1 required=5.0 tests=A,B",
    ),
    "a folded status in small letters": (
        ["x-spam-status: yes,\n\thits=7.0", OURS, THEIRS],
        "X-Spam-Status: yes, hits=7.0",
    ),
    "rspamd": (
        [OURS, "X-Spamd-Result: default: True [20.10 / 15.00];\n\tBAYES_SPAM(5.10)[100.00%]", THEIRS],
        "X-Spamd-Result: default: True [20.10 / 15.00]; BAYES_SPAM(5.10)[100.00%]",
    ),
    "rspamd by what it does": ([OURS, "X-Rspamd-Action: add header", THEIRS], "X-Rspamd-Action: add header"),
    "Exchange": (
        [EXCHANGE, BORDER, "X-MS-Exchange-Organization-SCL: 5", THEIRS],
        "X-MS-Exchange-Organization-SCL: 5",
    ),
    "Microsoft 365": (
        [EXCHANGE, BORDER, "X-Forefront-Antispam-Report: CIP:192.0.2.7;CTRY:DE;SCL:9;SRV:;SFV:SPM;"],
        "X-Forefront-Antispam-Report: CIP:192.0.2.7;CTRY:DE;SCL:9;SRV:;SFV:SPM;",
    ),
    "Exchange in the house, whose hops have no public names": (
        ["Received: from EDGE.corp.local by MBX01.corp.local", "X-MS-Exchange-Organization-SCL: 6", OURS],
        "X-MS-Exchange-Organization-SCL: 6",
    ),
    "fetched by a program of ours": (["Received: from imap by localhost (fetchmail)", FLAG, OURS], FLAG),
    "no hop at all": ([FLAG], FLAG),
    "two of our machines in a country's domain": (
        [
            "Received: from a by in.desk.co.uk with LMTP",
            "Received: from b by mx.desk.co.uk",
            FLAG,
            "Received: from c by mx.sender.co.uk",
        ],
        FLAG,
    ),
    "Barracuda": (
        [OURS, "X-Barracuda-Spam-Status: Yes, SCORE=6.50", THEIRS],
        "X-Barracuda-Spam-Status: Yes, SCORE=6.50",
    ),
    "Proofpoint": (
        [LOCAL, "X-Proofpoint-Spam-Details: rule=spam policy=default score=100", OURS, THEIRS],
        "X-Proofpoint-Spam-Details: rule=spam policy=default score=100",
    ),
    "Bogofilter": (
        ["X-Bogosity: Spam, tests=bogofilter", OURS, THEIRS],
        "X-Bogosity: Spam, tests=bogofilter",
    ),
    "DSPAM": (["X-DSPAM-Result: Spam", OURS, THEIRS], "X-DSPAM-Result: Spam"),
    "Amazon SES": (
        ["Received: from a by inbound-smtp.eu-west-1.amazonaws.com", "X-SES-Spam-Verdict: FAIL", THEIRS],
        "X-SES-Spam-Verdict: FAIL",
    ),
    "rspamd, by the settings of one address": (
        [OURS, "X-Spamd-Result: desk.1: True [20.10 / 15.00]", THEIRS],
        "X-Spamd-Result: desk.1: True [20.10 / 15.00]",
    ),
    "cPanel, whose Exim writes at the end of the header": (
        [EXIM, THEIRS, "X-Spam-Status: Yes, score=12.0", RUNNING, FLAG],
        "X-Spam-Status: Yes, score=12.0",
    ),
    "spamass-milter, at the end, with the name of our machine": (
        [
            LOCAL,
            OURS,
            THEIRS,
            FLAG,
            "X-Spam-Checker-Version: SpamAssassin 4.0.0 (2022-12-14) on mx.desk.example",
        ],
        FLAG,
    ),
    "rspamd's milter, at the end, with the number that our server gave the mail": (
        [NUMBERED, THEIRS, "X-Rspamd-Queue-Id: 4XyZq1", "X-Spamd-Result: default: True [20.10 / 15.00]"],
        "X-Spamd-Result: default: True [20.10 / 15.00]",
    ),
    "rspamd's milter, at the end, on our machine": (
        [OURS, THEIRS, "X-Rspamd-Server: mail.desk.example", "X-Rspamd-Action: add header"],
        "X-Rspamd-Action: add header",
    ),
    "Microsoft 365, at the end, as it writes it": (
        [EXCHANGE, BORDER, THEIRS, "X-MS-Exchange-Organization-SCL: 5"],
        "X-MS-Exchange-Organization-SCL: 5",
    ),
    "Exchange in the house, at the end": (
        [
            "Received: from mx.sender.example by EX01.desk.example (10.0.0.1) with Microsoft SMTP Server",
            THEIRS,
            "X-MS-Exchange-Organization-SCL: 7",
        ],
        "X-MS-Exchange-Organization-SCL: 7",
    ),
    "OVH, at the end, as it writes it": (
        [OVHS, OVH, THEIRS, "X-VR-SPAMSTATE: SPAM", "X-VR-SPAMSCORE: 200", "X-Ovh-Spam-Status: SPAM"],
        "X-Ovh-Spam-Status: SPAM",
    ),
    "OVH, on top": (["X-VR-SPAMSTATE: SPAM", OVH, THEIRS], "X-VR-SPAMSTATE: SPAM"),
    "Yandex": ([YANDEX, "X-Yandex-Fwd: 1", "X-Yandex-Spam: 4", THEIRS], "X-Yandex-Spam: 4"),
    "Mailgun": (["X-Mailgun-Sflag: Yes", "X-Mailgun-Sscore: 7.1", OURS, THEIRS], "X-Mailgun-Sflag: Yes"),
    "MailScanner, on top": ([SCANNER, OURS, THEIRS], SCANNED),
    "MailScanner, without a house, in another order": (
        [OURS, "X-MailScanner-SpamCheck: spam (blacklisted)", THEIRS],
        "X-MailScanner-SpamCheck: spam (blacklisted)",
    ),
    "MailScanner, at the end, with the number that our server gave the mail": (
        [NUMBERED, THEIRS, "X-Desk-MailScanner-ID: 4XyZq1.A3D7D", SCANNER],
        SCANNED,
    ),
    "SpamExperts": ([OURS, "X-SpamExperts-Class: spam", THEIRS], "X-SpamExperts-Class: spam"),
    "Microsoft 365, by where it put the mail": ([EXCHANGE, BORDER, THEIRS, JUNK], SHOWN),
    "Microsoft 365, from one tenant to another": ([EXCHANGE, BORDER, JUNK], SHOWN),
    "the later word of two": (["X-Spam-Flag: YES", OURS, "X-Spam-Flag: NO"], FLAG),
}


@each(("head", "said"), MARKED.values(), ids=list(MARKED))
def test_what_our_own_server_marked_as_spam_is_known_by_its_field(head, said):
    assert read(head) == said


NOT_MARKED = {
    "no spam": (["X-Spam-Flag: NO", "X-Spam-Status: No, score=-1.9 required=5.0", OURS, THEIRS]),
    "rspamd finds none": [
        OURS,
        "X-Spamd-Result: default: False [4.20 / 15.00]",
        "X-Rspamd-Action: no action",
    ],
    "rspamd asked it to come again": [OURS, "X-Rspamd-Action: greylist", THEIRS],
    "below the hop of its sender": [OURS, THEIRS, FLAG],
    "of a forwarder": [OURS, "Received: from x by mx.forwarder.example with ESMTP", FLAG, THEIRS],
    "of a forwarder that names itself": [
        OURS,
        "X-Spam-Checker-Version: SpamAssassin 4.0 on mx.forwarder.example",
        FLAG,
        "X-Spam-Status: Yes, score=9",
        "Received: from x by mx.forwarder.example with ESMTP",
    ],
    "of a mailing list": [LOCAL, OURS, "Received: by lists.example (Mailman)", "X-Spam-Status: Yes, score=6"],
    "of a stranger in the same country": [
        "Received: from b by mx.desk.co.uk",
        "Received: from c by mx.sender.co.uk",
        FLAG,
    ],
    "of a forwarder's rspamd, just below our own hop": [
        OURS,
        "X-Rspamd-Server: mx.forwarder.example",
        "X-Spamd-Result: default: True [20.10 / 15.00]",
        "Received: from x by mx.forwarder.example with ESMTP",
    ],
    "at the end, and nobody says whose it is": [OURS, THEIRS, FLAG, "X-Spam-Status: Yes, score=9"],
    "at the end, of its sender's machine": [
        OURS,
        THEIRS,
        FLAG,
        "X-Spam-Checker-Version: SpamAssassin 4.0.0 (2022-12-14) on mx.sender.example",
    ],
    "at the end, with the number of another server": [
        NUMBERED,
        THEIRS,
        "X-Rspamd-Queue-Id: 4XyZq2",
        "X-Spamd-Result: default: True [20.10 / 15.00]",
    ],
    "at the end, but our server said no": [
        "X-Spam-Status: No, score=1",
        EXIM,
        THEIRS,
        FLAG,
        RUNNING,
    ],
    "named for ours, but a stranger's hop is below it": [EXIM, THEIRS, RUNNING, FLAG, THEIRS],
    "a level of Exchange, where none of ours is one": [
        OURS,
        EXCHANGE,
        BORDER,
        "X-MS-Exchange-Organization-SCL: 9",
    ],
    "no spam to Proofpoint": [LOCAL, "X-Proofpoint-Spam-Details: rule=notspam score=0", OURS],
    "no spam to Bogofilter": ["X-Bogosity: Ham, tests=bogofilter", OURS],
    "our SpamAssassin said no in its other field": ["X-Spam-Status: No, score=0.1", OURS, FLAG],
    "our server said no above it": ["X-Spam-Flag: NO", OURS, FLAG],
    "Exchange below its level": [EXCHANGE, "X-MS-Exchange-Organization-SCL: 4"],
    "Exchange trusts it": [
        EXCHANGE,
        "X-MS-Exchange-Organization-SCL: -1",
        "X-Forefront-Antispam-Report: SCL:-1;SFV:SKN",
    ],
    "no spam to OVH": [OVH, THEIRS, "X-VR-SPAMSTATE: OK", "X-Ovh-Spam-Status: OK"],
    "a commercial mail to OVH": [OVH, THEIRS, "X-VR-SPAMSTATE: DCE", "X-Ovh-Spam-Status: OK"],
    "of OVH's servers for its customers' own mail": [
        OVH,
        THEIRS,
        "X-VR-SPAMSTATE: SPAM",
        "X-Ovh-Spam-Status: OK",
    ],
    "of an OVH that is not ours": [OURS, OVH, "X-Ovh-Spam-Status: SPAM", "X-VR-SPAMSTATE: SPAM"],
    "no spam to Yandex": [YANDEX, "X-Yandex-Spam: 1", THEIRS],
    "bulk to Yandex": [YANDEX, "X-Yandex-Spam: 2", THEIRS],
    "of a Yandex that is not ours": [OURS, YANDEX, "X-Yandex-Spam: 4", THEIRS],
    "no spam to Mailgun": ["X-Mailgun-Sflag: No", OURS, THEIRS],
    "of a Mailgun that is not ours": [OURS, THEIRS, "X-Mailgun-Sflag: Yes"],
    "no spam to MailScanner": [
        "X-Desk-MailScanner-SpamCheck: not spam, SpamAssassin (score=-4.6, required 5, autolearn=not spam)",
        OURS,
    ],
    "MailScanner lets it pass": ["X-Desk-MailScanner-SpamCheck: not spam (whitelisted)", OURS],
    "MailScanner could not say": ["X-Desk-MailScanner-SpamCheck: spamassassin timed out", OURS],
    "of a MailScanner that is not ours": [OURS, THEIRS, SCANNER],
    "of a MailScanner with the number of another server": [
        NUMBERED,
        THEIRS,
        "X-Desk-MailScanner-ID: 4XyZq2.A3D7D",
        SCANNER,
    ],
    "no spam to SpamExperts": [OURS, "X-SpamExperts-Class: ham", THEIRS],
    "SpamExperts is unsure": [OURS, "X-SpamExperts-Class: unsure", THEIRS],
    "of a SpamExperts that is not ours": [OURS, THEIRS, "X-SpamExperts-Class: spam"],
    "Microsoft 365 put it into the inbox": [EXCHANGE, BORDER, THEIRS, INBOX],
    "another's mailbox found it junk, and ours not": [EXCHANGE, BORDER, THEIRS, JUNK, INBOX],
    "another's mailbox found it junk below ours": [EXCHANGE, BORDER, THEIRS, INBOX, JUNK],
    "another tenant's mailbox found it junk, and ours not": [EXCHANGE, BORDER, JUNK, INBOX],
    "of a Microsoft 365 that is not ours": [OURS, EXCHANGE, BORDER, THEIRS, JUNK],
    "of a Microsoft 365 that is not ours, with an Exchange of our own": [
        "Received: from mx.sender.example by EX01.desk.example (10.0.0.1) with Microsoft SMTP Server",
        THEIRS,
        JUNK,
    ],
    "what another tenant of Microsoft's wrote": [EXCHANGE, BORDER, FLAG],
    "Gmail writes none": ["Delivered-To: support@desk.example", GMAIL, FLAG],
    "only its subject says so": [OURS, "X-Spam-Score: 25"],
    "no verdict in a word that begins alike": ["X-Spam-Flag: yesterday", OURS],
    "no level in letters": ["X-MS-Exchange-Organization-SCL: ９", OURS],
}


@each("head", NOT_MARKED.values(), ids=list(NOT_MARKED))
def test_nobody_elses_word_makes_a_mail_spam(head):
    assert read(head) == ""


def test_a_mail_marked_on_one_way_does_not_hide_its_copy_that_was_not():
    marked, plain = (parse(mail(head)) for head in ([FLAG, OURS], [OURS]))
    assert marked.fingerprint != plain.fingerprint
    assert marked.fingerprint == parse(mail(["X-Spam-Flag: Yes, sir", LOCAL, OURS])).fingerprint


def test_broken_line_ends_do_not_bring_a_verdict_to_light_that_our_server_never_saw():
    odd = mail([OURS]).replace(b"\n", b"\r\n").replace(b"Subject: x", b"Subject: x\rX-Spam-Flag: YES")
    assert parse(odd).spam == ""


def test_a_verdict_is_shown_in_one_printable_line():
    assert (
        parse(mail(["X-Spam-Flag: YES \x1b[31m" + "x" * 500, OURS])).spam
        == f"X-Spam-Flag: YES ?[31m{'x' * 51}"
    )


def read(head: list[str]) -> str:
    return parse(mail(head)).spam


def mail(head: list[str]) -> bytes:
    more = [
        "From: Win <win@sender.example>",
        "Subject: x",
        "Date: Sun, 29 Nov 2026 09:00:00 +0000",
        "",
        "Win",
    ]
    return "\n".join([*head, *more]).encode()
