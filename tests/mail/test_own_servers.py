# ruff: noqa: E501 (a field stays on the line of its name)
"""Whose word counts where our servers have many names or write none, and the ways to pretend to be one.

The headers are written as each provider writes them; hosts, addresses and keys are made up.
"""

import pytest
from each_case import each

from intake.desk import server_names
from intake.mail.authenticity import heard, judged
from intake.mail.own_names import Fit, fitting
from intake.mail.parse import parse

M365 = "*.protection.outlook.com"
BODY = "From: Ann <ann@customer.example>\r\nTo: help@desk.example\r\nSubject: x\r\n\r\nhello\r\n"
# From the mailbox down to the host that took it in.
INSIDE = (
    "Received: from DB7PR02CA0012.eurprd02.prod.outlook.com (2603:10a6::25)\r\n"
    " by AM9PR05MB0001.eurprd05.prod.outlook.com (2603:10a6:20b::21) with HTTPS; Tue, 3 Mar 2026 10:00:05 +0000\r\n"
    "Received: from DB1PEPF000000AA.eurprd02.prod.outlook.com\r\n (2603:10a6:8:cafe::9c) by"
    " DB7PR02CA0012.outlook.office365.com\r\n (2603:10a6::25) with Microsoft SMTP Server id 15.20.1.1 via Frontend\r\n"
    " Transport; Tue, 3 Mar 2026 10:00:04 +0000\r\n"
)
PASS = (
    "spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=customer.example; dkim=pass (signature was verified)\r\n"
    " header.d=customer.example;dmarc=pass action=none\r\n header.from=customer.example;compauth=pass reason=100"
)
FAIL = PASS.replace("dmarc=pass", "dmarc=fail").replace("action=none", "action=oreject")
NONE = (
    "spf=none (sender IP is 192.0.2.66)\r\n smtp.mailfrom=evil.example; dkim=none (message not signed)\r\n"
    " header.d=none;dmarc=none action=none header.from=customer.example;compauth=fail reason=001"
)
TAKEN = (
    "Received-SPF: Pass (protection.outlook.com: domain of customer.example designates 192.0.2.7 as permitted\r\n"
    " sender) receiver=protection.outlook.com; client-ip=192.0.2.7; helo=mx.customer.example; pr=C\r\n"
    "Received: from mx.customer.example (192.0.2.7) by\r\n DB1PEPF000000AA.mail.protection.outlook.com (10.167.8.4)"
    " with Microsoft SMTP\r\n Server id 15.20.1.1 via Frontend Transport; Tue, 3 Mar 2026 10:00:03 +0000\r\n"
)
EVIL = TAKEN.replace("mx.customer.example", "mx.evil.example").replace("192.0.2.7", "192.0.2.66")


def field(value: str) -> str:
    return f"Authentication-Results: {value}\r\n"


def said(header: str, names: str = M365) -> bool | None:
    raw = (header + BODY).encode()
    return judged(raw, parse(raw), names)


def microsoft(value: str, below: str = "", taken: str = TAKEN) -> str:
    return INSIDE + field(value) + taken + below


BELIEVED = {
    "Microsoft 365": (microsoft(PASS), M365),
    "Microsoft 365 by a narrower pattern": (microsoft(PASS), "*.mail.protection.outlook.com"),
    "Microsoft 365 beside our own server": (microsoft(PASS), f"mx.desk.example, {M365}"),
    "the word of the sender's tenant below": (
        microsoft(
            PASS, "authentication-results: dkim=none (message not signed)\r\n header.d=none;dmarc=none\r\n"
        ),
        M365,
    ),
    "a failure that somebody else wrote below": (microsoft(PASS, field(FAIL)), M365),
    "with the domain of the recipient, as it once was": (
        microsoft(
            "spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=customer.example; desk.example; dkim=pass (signature"
            " was verified)\r\n header.d=customer.example;desk.example; dmarc=pass action=none\r\n"
            " header.from=customer.example;"
        ),
        M365,
    ),
    "in China": (
        microsoft(PASS).replace("office365.com", "outlook.com").replace("outlook.com", "partner.outlook.cn"),
        "*.protection.partner.outlook.cn",
    ),
    "Gmail": (
        "Received: by 2002:a05:6000:1::1 with SMTP id a1; Tue, 3 Mar 2026 02:00:03 -0800 (PST)\r\n"
        "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass (p=NONE) header.from=customer.example\r\n"
        + field(
            "mx.google.com;\r\n       dkim=pass header.i=@customer.example header.s=s1 header.b=AbCd1234;\r\n"
            "       spf=pass (google.com: domain of ann@customer.example designates 192.0.2.7 as permitted sender)"
            " smtp.mailfrom=ann@customer.example;\r\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=customer.example"
        )
        + "Received: from mx.customer.example (mx.customer.example. [192.0.2.7])\r\n"
        "        by mx.google.com with ESMTPS id a2; Tue, 3 Mar 2026 02:00:03 -0800 (PST)\r\n",
        "mx.google.com",
    ),
    "Yahoo": (
        "Received: from 10.222.142.150\r\n by atlas-production.v2-mail-prod1-gq1.omega.yahoo.com pod-id a.gq1.yahoo.com"
        " with HTTPS; Tue, 3 Mar 2026 10:00:02 +0000\r\nReturn-Path: <ann@customer.example>\r\n"
        + field(
            "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com;\r\n dkim=pass header.i=@customer.example header.s=s1;\r\n"
            " spf=pass smtp.mailfrom=customer.example arc_overridden_status=NOT_OVERRIDDEN;\r\n"
            " dmarc=pass(p=NONE) header.from=customer.example arc_overridden_status=NOT_OVERRIDDEN;"
        )
        + "Received: from 192.0.2.7 (EHLO mx.customer.example)\r\n by 10.217.149.11 with SMTPs; Tue, 3 Mar 2026 10:00\r\n",
        "*.yahoo.com",
    ),
    "Yahoo, as it once was": (
        "Received: from 127.0.0.1\r\n by atlas105.aol.mail.bf1.yahoo.com with HTTP; Tue, 3 Mar 2026 10:00:02 +0000\r\n"
        + field(
            "atlas105.aol.mail.bf1.yahoo.com; dkim=unknown; dmarc=success(p=NONE,sp=NONE) header.from=customer.example;"
        ),
        "*.mail.bf1.yahoo.com",
    ),
    "Fastmail": (
        "Received: from phl-compute-04.internal (phl-compute-04.internal [10.202.2.44])\r\n"
        "\t by sloti35n04 (Cyrus 3.13) with LMTPA; Tue, 3 Mar 2026 05:00:05 -0500\r\n"
        "Received: from phl-mx-05.messagingengine.com ([10.202.2.204])\r\n  by phl-compute-04.internal (LMTPProxy);\r\n"
        + field(
            "mx5.messagingengine.com;\r\n    arc=none (no signatures found);\r\n    dkim=pass (2048-bit rsa key sha256)"
            " header.d=customer.example\r\n    header.i=@customer.example header.b=AbC header.a=rsa-sha256 header.s=s1;\r\n"
            "    dmarc=pass policy.published-domain-policy=none (p=none)\r\n    header.from=customer.example;\r\n"
            "    spf=pass smtp.mailfrom=ann@customer.example\r\n    smtp.helo=mx.customer.example"
        )
        + "Received: from mx.customer.example (mx.customer.example [192.0.2.7])\r\n"
        "\tby mailmx.phl.internal (Postfix) with ESMTPS; Tue, 3 Mar 2026 05:00:04 -0500\r\n",
        "*.messagingengine.com",
    ),
    "GMX": (
        field("gmx.net; dkim=pass header.i=@customer.example")
        + "Received: from mx.customer.example ([192.0.2.7]) by mx-ha.gmx.net (mxgmx114\r\n [198.51.100.5]) with ESMTPS\r\n",
        "gmx.net",
    ),
    "QQ": (
        "Received: from mx.customer.example ([192.0.2.7])\r\n\tby newxmmxszc6-1.qq.com (NewMX) with SMTP id 6010\r\n"
        "\tfor <help@desk.example>; Tue, 03 Mar 2026 18:00:01 +0800\r\nX-QQ-mid: xmmxszc6-1t1\r\n"
        + field(
            "mx.qq.com; spf=pass smtp.mailfrom=<ann@customer.example>;\r\n\t dkim=pass header.d=customer.example;"
            " dmarc=pass(permerror) header.from=customer.example"
        ),
        "mx.qq.com",
    ),
    "163": (
        "Received: from mx.customer.example (unknown [192.0.2.7])\r\n\tby mx41 (Coremail) with SMTP id abc;\r\n"
        "\tTue, 03 Mar 2026 18:00:01 +0800 (CST)\r\n"
        + field("mx41; spf=pass smtp.mail=ann@customer.example;\r\n\tdkim=none"),
        "mx*",
    ),
    "Mail.ru": (
        "Received: from mx.customer.example ([192.0.2.7]:4711)\r\n\tby mx216.i.mail.ru with esmtp (envelope-from"
        " <ann@customer.example>)\r\n\tid 1; Tue, 03 Mar 2026 13:00:01 +0300\r\n"
        + field(
            "mxs.mail.ru; spf=pass (mx216.i.mail.ru: domain of customer.example designates 192.0.2.7 as permitted"
            " sender) smtp.mailfrom=ann@customer.example smtp.helo=mx.customer.example;\r\n\t dkim=pass"
            " header.d=customer.example; dmarc=pass header.from=ann@customer.example"
        ),
        "mxs.mail.ru",
    ),
    "Yandex": (
        "Received: from mail-nwsmtp-mxfront-production-main-91.iva.yp-c.yandex.net\r\n"
        "\tby postback3a.mail.yandex.net (Postfix) with ESMTPS; Tue, 03 Mar 2026 13:00:02 +0300 (MSK)\r\n"
        "Received: from mx.customer.example (mx.customer.example [192.0.2.7])\r\n"
        "\tby mail-nwsmtp-mxfront-production-main-91.iva.yp-c.yandex.net (mxfront) with ESMTPS id a;\r\n"
        "\tTue, 03 Mar 2026 13:00:01 +0300\r\nX-Yandex-Fwd: 1\r\n"
        + field(
            "mail-nwsmtp-mxfront-production-main-91.iva.yp-c.yandex.net; spf=pass (mail-nwsmtp-mxfront: domain of"
            " customer.example designates 192.0.2.7 as permitted sender, rule=[ip4:192.0.2.0/24])"
            " smtp.mail=ann@customer.example; dkim=pass header.i=@customer.example"
        ),
        "*.yandex.net",
    ),
    "iCloud, which writes five": (
        field('bimi.icloud.com; bimi=skipped reason="insufficient dmarc"')
        + field("arc.icloud.com; arc=none")
        + field("dmarc.icloud.com; dmarc=pass header.from=customer.example")
        + field("dkim-verifier.icloud.com; dkim=pass (2048-bit key) header.d=customer.example")
        + "Received: from mx.customer.example (mx.customer.example [192.0.2.7])\r\n"
        "\tby p00-icloudmta-asmtp-01.icloud.com (Postfix) with ESMTPS; Tue, 3 Mar 2026 10:00:01 +0000\r\n",
        "dmarc.icloud.com",
    ),
    "Proton, which writes several of one name": (
        field("mail.protonmail.ch; dmarc=pass (p=reject dis=none) header.from=customer.example")
        + field("mail.protonmail.ch; spf=pass smtp.mailfrom=customer.example")
        + field("mail.protonmail.ch; arc=none smtp.remote-ip=192.0.2.7")
        + field('mail.protonmail.ch; dkim=pass (2048-bit key) header.d=customer.example header.b="Ab/c"')
        + "Received: from mx.customer.example (mx.customer.example [192.0.2.7])\r\n"
        "\tby mailin001.protonmail.ch (Postfix) with ESMTPS; Tue, 3 Mar 2026 10:00:01 +0000\r\n",
        "mail.protonmail.ch",
    ),
    "one of several MX of our own, below its own line": (
        "Received: from mx.customer.example (mx.customer.example [192.0.2.7])\r\n\tby mx2.desk.example (Postfix)\r\n"
        + field("mx2.desk.example; dmarc=pass (p=none dis=none) header.from=customer.example"),
        "*.desk.example",
    ),
    "a list, by its second name": (
        field("mx2.desk.example; dmarc=pass header.from=customer.example"),
        "mx1.desk.example, mx2.desk.example",
    ),
}


@each(("header", "names"), BELIEVED.values(), ids=BELIEVED)
def test_our_own_servers_are_believed_as_they_write(header: str, names: str) -> None:
    assert said(header, names) is True


@each(("header", "names"), BELIEVED.values(), ids=BELIEVED)
def test_of_whom_our_servers_say_nothing_good_nothing_is_known(header: str, names: str) -> None:
    raw = (header + BODY.replace("ann@customer.example", "ann@other.example")).encode()
    assert judged(raw, parse(raw), names) is None


@each(("header", "names"), BELIEVED.values(), ids=BELIEVED)
def test_the_value_that_check_finds_is_believed(header: str, names: str) -> None:
    """What `check` says fits is what the desk uses."""
    raw = (header + BODY).encode()
    fit = fitting([(raw, parse(raw))] * 6)
    assert fit is not None
    assert 6 == fit.mails
    assert said(header, fit.value) is True


def test_what_microsoft_finds_forged_is_forged() -> None:
    assert said(microsoft(FAIL, field(PASS))) is False


FORGED_NAME = "DB1PEPF000000BB.mail.protection.outlook.com"
FORGED_HOP = TAKEN.replace("DB1PEPF000000AA", "DB1PEPF000000BB")
INSIDE_AGAIN = INSIDE.replace("DB1PEPF000000AA", "DB1PEPF000000BB")
OWN_HOP = "Received: from mx.evil.example (mx.evil.example [192.0.2.66])\r\n\tby mx1.desk.example (Postfix) with ESMTP\r\n"
DESK = "mx1.desk.example"
NAMED = field(f"{FORGED_NAME}; {PASS}")
DOUBTED = {
    # -- below what Microsoft itself wrote
    "below the real one": (microsoft(NONE, field(PASS), EVIL), M365),
    "twice below the real one": (microsoft(NONE, field(PASS) + field(PASS), EVIL), M365),
    "below the real one, with a name": (microsoft(NONE, NAMED, EVIL), M365),
    "below the real one, with a road of its own": (microsoft(NONE, field(PASS) + FORGED_HOP, EVIL), M365),
    "below the real one, with a whole road": (microsoft(NONE, microsoft(PASS), EVIL), M365),
    "below a real one that is broken": (microsoft('spf=none (x" smtp.helo=a', microsoft(PASS), EVIL), M365),
    # -- where for once Microsoft wrote nothing
    "without the real one": (INSIDE + EVIL + field(PASS), M365),
    "without the real one, with a name": (INSIDE + EVIL + NAMED, M365),
    "without the real one, with a road": (INSIDE + EVIL + field(PASS) + FORGED_HOP, M365),
    "without the real one, with a name and a road": (INSIDE + EVIL + NAMED + FORGED_HOP, M365),
    "without the real one, with a road from within": (
        INSIDE + EVIL + INSIDE_AGAIN + field(PASS) + FORGED_HOP,
        M365,
    ),
    "without the real one, from a host that calls itself one of theirs": (
        INSIDE + EVIL.replace("mx.evil.example", "x.eurprd02.prod.outlook.com") + field(PASS) + FORGED_HOP,
        M365,
    ),
    "by somebody who may send there, with a road of their own": (
        INSIDE.replace("from DB1PEPF000000AA.eurprd02.prod.outlook.com", "from laptop.evil.example")
        + field(PASS)
        + TAKEN,
        M365,
    ),
    "a pattern for all their servers": (microsoft(PASS), "*.outlook.com"),
    # -- where the mailbox is not theirs
    "at another provider": (OWN_HOP + microsoft(PASS), M365),
    "at another provider that is ours, too": (OWN_HOP + microsoft(PASS), f"{DESK}, {M365}"),
    "at another provider, below its word": (
        field(f"{DESK}; dmarc=none header.from=customer.example") + OWN_HOP + microsoft(PASS),
        f"{DESK}, {M365}",
    ),
    "through a host that no DNS knows": (OWN_HOP.replace(DESK, "mail.local") + microsoft(PASS), M365),
    "through an address": (OWN_HOP.replace(DESK, "[192.0.2.1]") + microsoft(PASS), M365),
    "through a host that names itself like theirs": (
        OWN_HOP.replace(DESK, "protection.outlook.com.evil.example") + microsoft(PASS),
        M365,
    ),
    # -- what stands below the field
    "no line of the host that took it in": (INSIDE + field(PASS), M365),
    "nothing at all around it": (field(PASS), M365),
    "the line of a host of ours that takes nothing in": (
        microsoft(PASS).replace(".mail.protection.", "."),
        M365,
    ),
    "the line of a host of theirs with another end": (
        microsoft(PASS).replace(".mail.protection.outlook.com", ".protection.outlook.com.evil.example"),
        M365,
    ),
    "another's word above it": (INSIDE + field("mx.evil.example; dmarc=none") + field(PASS) + TAKEN, M365),
    "a name for which nobody asked": (microsoft(PASS), "mx.desk.example"),
    "a name that is not a pattern": (microsoft(PASS), "DB1PEPF000000AA.mail.protection.outlook.com"),
    "their word in an ARC seal, which its sender may have set": (
        INSIDE
        + "ARC-Authentication-Results: i=1; mx.microsoft.com 1; dmarc=pass header.from=customer.example\r\n"
        + EVIL,
        f"mx.microsoft.com, {M365}",
    ),
    "what the sender chose, copied in": (
        microsoft(
            "spf=none smtp.helo=x; dmarc=pass header.from=customer.example; dmarc=none header.from=customer.example"
        ),
        M365,
    ),
    "two authors": (microsoft(PASS) + "From: eve@evil.example\r\n", M365),
    # -- several fields of one name
    "one more of that name below": (
        field(f"{DESK}; spf=none")
        + field(f"{DESK}; dkim=none")
        + OWN_HOP
        + field(f"{DESK}; dmarc=pass header.from=customer.example"),
        DESK,
    ),
    "several of that name, all below our line": (
        OWN_HOP + field(f"{DESK}; spf=none") + field(f"{DESK}; dmarc=pass header.from=customer.example"),
        DESK,
    ),
    "several of that name, of which one holds what the sender chose": (
        field(f"{DESK}; dmarc=pass header.from=customer.example")
        + field(f'{DESK}; spf=none smtp.mailfrom=x"y@evil.example')
        + OWN_HOP,
        DESK,
    ),
    "several of that name, of which two tell of dmarc": (
        field(f"{DESK}; dmarc=pass header.from=customer.example")
        + field(f"{DESK}; dmarc=none header.from=customer.example")
        + OWN_HOP,
        DESK,
    ),
    # -- several names
    "another of our names, which our border does not take out": (
        OWN_HOP + field("mx9.desk.example; dmarc=pass header.from=customer.example"),
        "*.desk.example",
    ),
    "another of our names below our word": (
        field(f"{DESK}; dmarc=none header.from=customer.example")
        + OWN_HOP
        + field("mx9.desk.example; dmarc=pass header.from=customer.example"),
        "*.desk.example",
    ),
    "another of our names, and a line of its host": (
        OWN_HOP
        + OWN_HOP.replace("mx1.", "mx9.")
        + field("mx9.desk.example; dmarc=pass header.from=customer.example"),
        "*.desk.example",
    ),
    "another of our names, and a line of its host that had it from an address": (
        OWN_HOP.replace("from mx.evil.example", "from [9.9.9.9]")
        + OWN_HOP.replace("mx1.", "mx9.")
        + field("mx9.desk.example; dmarc=pass header.from=customer.example"),
        "*.desk.example",
    ),
    "another of our names, and a line of its host that had it from no host": (
        OWN_HOP.replace("from mx.evil.example", "from x!y")
        + OWN_HOP.replace("mx1.", "mx9.")
        + field("mx9.desk.example; dmarc=pass header.from=customer.example"),
        "*.desk.example",
    ),
    "another of our names below somebody else's": (
        field("mx.evil.example; none") + field("mx9.desk.example; dmarc=pass header.from=customer.example"),
        "*.desk.example",
    ),
    "another listed name, at a border that is not its": (
        OWN_HOP + field("mx.google.com; dmarc=pass header.from=customer.example"),
        f"{DESK}, mx.google.com",
    ),
    "a pass below the other's word": (
        field(f"{DESK}; dmarc=none header.from=customer.example")
        + field("mx.google.com; dmarc=pass header.from=customer.example"),
        f"{DESK}, mx.google.com",
    ),
    "a neighbour under a domain that all share": (
        OWN_HOP.replace(DESK, "mx.evil.co.uk")
        + field("mx.desk.co.uk; dmarc=pass header.from=customer.example"),
        "mx.desk.co.uk",
    ),
    "a host that only begins like ours": (
        OWN_HOP.replace("mx.evil.example (mx.evil.example [192.0.2.66])", "localhost").replace(DESK, "mx27")
        + field("mx.evil.example; dmarc=pass header.from=customer.example"),
        "mx*",
    ),
    "a list that cannot be read": (microsoft(PASS), f"{M365}, *.com"),
}


@each(("header", "names"), DOUBTED.values(), ids=DOUBTED)
def test_nobody_else_is_believed(header: str, names: str) -> None:
    assert said(header, names) is None


# -- one name of a provider that has many: each server leaves what a sender wrote in its neighbours'

PASSED, SAID_NONE = "dmarc=pass header.from=customer.example", "dmarc=none header.from=customer.example"


def taken(by: str, peer: str = "mx.evil.example (mx.evil.example [9.9.9.9])") -> str:
    return f"Received: from {peer}\r\n\tby {by} with ESMTPS id 1; Tue, 3 Mar 2026 10:00:01 +0000\r\n"


NEIGHBOURS = {
    "Fastmail": (
        field(f"mx2.messagingengine.com; {SAID_NONE}")
        + taken("mailmx.phl.internal (Postfix)")
        + field(f"mx1.messagingengine.com; {PASSED}"),
        "mx1.messagingengine.com",
    ),
    "Fastmail, which found it forged": (
        field("mx2.messagingengine.com; dmarc=fail header.from=customer.example")
        + taken("mx2.messagingengine.com (Postfix)")
        + field(f"mx1.messagingengine.com; {PASSED}"),
        "mx1.messagingengine.com",
    ),
    "163": (
        taken("mx27 (Coremail)")
        + field("mx27; spf=none smtp.mail=eve@evil.example")
        + field("mx25; spf=pass smtp.mail=ann@customer.example"),
        "mx25",
    ),
    "Yandex": (
        taken("a-92.iva.yp-c.yandex.net (mxfront)")
        + field("a-92.iva.yp-c.yandex.net; spf=none")
        + field("a-91.iva.yp-c.yandex.net; spf=pass smtp.mail=ann@customer.example"),
        "a-91.iva.yp-c.yandex.net",
    ),
    "Yahoo": (
        field(f"a-bf1.omega.yahoo.com; {SAID_NONE}")
        + taken("10.217.149.11", "9.9.9.9 (EHLO mx.evil.example)")
        + field(f"a-gq1.omega.yahoo.com; {PASSED}"),
        "a-gq1.omega.yahoo.com",
    ),
}
NAMES_OF_OURS = ("gw1.desk.example (mx.evil.example [9.9.9.9])", "gw1.desk.example (unknown [9.9.9.9])",
    "gw1.desk.example ([9.9.9.9])", "gw1.desk.example (9.9.9.9)", "localhost ([IPv6:2001:4860::8])",
    "unknown (HELO gw1.desk.example) (9.9.9.9)", "[9.9.9.9] (helo=gw1.desk.example)")  # fmt: skip


@pytest.mark.parametrize(("header", "name"), NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_one_name_of_many_is_not_believed_where_its_neighbour_took_the_mail_in(
    header: str, name: str
) -> None:
    assert said(header, name) is None


def gateway(peer: str) -> str:
    return (
        field("gw2.desk.example; spf=fail smtp.mailfrom=customer.example")
        + taken("gw2.desk.example (Postfix)", peer)
        + field(f"gw1.desk.example; {PASSED}")
        + taken("gw1.desk.example (Postfix)")
    )


@pytest.mark.parametrize("peer", NAMES_OF_OURS)
def test_nor_where_a_sender_calls_themselves_one_of_ours(peer: str) -> None:
    assert said(gateway(peer), "gw1.desk.example") is None


@pytest.mark.parametrize(
    "peer",
    ["gw1.desk.example (gw1.desk.example [9.9.9.8])", "gw1 (gw1.internal [10.0.0.1])", "localhost (localhost [127.0.0.1])",
     "gw1.desk.example", "gw1.desk.example (IPv6:fd00::1)"],
)  # fmt: skip
def test_what_our_own_gateway_hands_on_is_believed(peer: str) -> None:
    assert said(gateway(peer), "gw1.desk.example") is True


def test_a_failure_of_one_of_our_servers_is_not_taken_back_by_another() -> None:
    header = field("mx2.desk.example; spf=pass smtp.mailfrom=customer.example") + field(
        "mx1.desk.example; dmarc=fail header.from=customer.example"
    )
    assert said(header, "mx1.desk.example, mx2.desk.example") is False


# -- which value fits ---------------------------------------------------------------------------------


def mails(*headers: str) -> list:
    return [(raw, parse(raw)) for raw in [(header + BODY).encode() for header in headers]]


def of_fastmail(number: int) -> str:
    return BELIEVED["Fastmail"][0].replace("mx5.", f"mx{number}.")


# Between the host that took the mail in and what its sender wrote.
OVH = field("garm.ovh; auth=pass (GARM-102R0044fe53,\r\n AAAA) smtp.auth=ann@customer.example") + (
    "Received: from mx.customer.example ([192.0.2.7]) by mx3.mail.ovh.net (Postfix) with ESMTPS id 1;\r\n"
)
PROOFPOINT = (
    "Received: from mx0a-001.pphosted.com (mx0a-001.pphosted.com [192.0.2.9])\r\n by mx.desk.example (Postfix) with ESMTPS\r\n"
    "Received: from pps.filterd (m0123456.ppops.net [127.0.0.1])\r\n by mx0a-001.pphosted.com (8.18.1.2/8.18.1.2) with ESMTP\r\n"
    + field(
        "ppops.net; spf=pass smtp.mailfrom=ann@customer.example;\r\n dkim=pass header.d=customer.example header.s=s1;"
        " dmarc=pass header.from=customer.example"
    )
    + "Received: from mx.customer.example (mx.customer.example [192.0.2.7])\r\n by mx0a-001.pphosted.com (PPS) with ESMTPS\r\n"
)
SES = (
    "Received: from mx.customer.example (mx.customer.example [192.0.2.7])\r\n by inbound-smtp.eu-west-1.amazonaws.com"
    " with SMTP id abc\r\nX-SES-Spam-Verdict: PASS\r\n"
    + field(
        "amazonses.com;\r\n spf=pass (spfCheck: domain of customer.example designates 192.0.2.7 as permitted sender)"
        " client-ip=192.0.2.7; envelope-from=ann@customer.example; helo=mx.customer.example;\r\n"
        " dkim=pass header.i=@customer.example;\r\n dmarc=pass header.from=customer.example;"
    )
)
USELESS = {
    "OVH": (OVH, "garm.ovh"),
    "Proofpoint": (PROOFPOINT, "ppops.net"),
    "Amazon SES": (SES, "amazonses.com"),
}


@pytest.mark.parametrize("name", USELESS)
def test_what_vouches_for_nobody_is_not_proposed_nor_found(name: str) -> None:
    header, named = USELESS[name]
    assert fitting(mails(*[header] * 6)) is None
    ((raw, message),) = mails(header)
    assert not heard(raw, message, named)
    assert said(header, named) is None


METHODS = {"auth=pass smtp.auth=ann": False, "none": True, "iprev=pass policy.iprev=192.0.2.7": False, "bimi=skipped": False,
    "auth=pass smtp.auth=ann; spf=none smtp.mailfrom=x.example": True, "dkim=none": True, "x-tls=pass": False, "dmarc=none": True}  # fmt: skip


@pytest.mark.parametrize(("results", "counts"), METHODS.items(), ids=METHODS)
def test_a_word_on_the_sender_is_one_by_which_senders_are_known(results: str, counts: bool) -> None:
    ((raw, message),) = mails(field(f"{DESK}; {results}") + OWN_HOP)
    assert counts is heard(raw, message, DESK)


FITS = {
    "one name": ([BELIEVED["Gmail"][0]] * 5, Fit("mx.google.com", 5)),
    "several names": ([of_fastmail(number) for number in range(1, 6)], Fit("*.messagingengine.com", 5)),
    "no name": ([microsoft(PASS), microsoft(NONE)], Fit("*.mail.protection.outlook.com", 2)),
    "the one of five that tells": ([BELIEVED["iCloud, which writes five"][0]], Fit("dmarc.icloud.com", 1)),
    "nearly all": ([microsoft(PASS)] * 9 + [OWN_HOP], Fit("*.mail.protection.outlook.com", 9)),
    "none at all": ([OWN_HOP], None),
    "only in a forged one": (
        [OWN_HOP] * 3 + [OWN_HOP + field(f"{DESK}; dmarc=pass header.from=x.example")],
        None,
    ),
    "from before our own server had it": (
        [OWN_HOP + field("mx.evil.example; dmarc=pass header.from=x.example")],
        None,
    ),
}


@pytest.mark.parametrize(("headers", "fit"), FITS.values(), ids=FITS)
def test_the_value_that_fits_is_found_in_the_mails(headers: list[str], fit: Fit | None) -> None:
    assert fit == fitting(mails(*headers))


def test_a_field_that_says_nothing_of_the_sender_is_heard_all_the_same() -> None:
    ((raw, message),) = mails(microsoft(NONE))
    assert heard(raw, message, M365)
    assert judged(raw, message, M365) is None


# -- how they are written -----------------------------------------------------------------------------

LISTS = {
    "": [],
    "mx.desk.example": ["mx.desk.example"],
    "MX.Desk.Example.": ["mx.desk.example"],
    "mx1.desk.example,mx2.desk.example": ["mx1.desk.example", "mx2.desk.example"],
    "mx1.desk.example, *.protection.outlook.com": ["mx1.desk.example", "*.protection.outlook.com"],
    "mx1.desk.example,\nmx1.desk.example": ["mx1.desk.example"],
    "gmx.net": ["gmx.net"],
    "mx*": ["mx*"],
    "mx*.desk.co.uk": ["mx*.desk.co.uk"],
    "localhost": ["localhost"],
}
REFUSED = [
    "*", "*.com", "*.co.uk", "*.com.cn", "m*", "mx.*.example", "*.*.desk.example", "mx.desk.example 1", "mx1.a.example mx2.a.example", "mx\tdesk", "1", "mx;desk", '"mx"',
    "mx=desk", "mx(1)", "м.desk.example", "mx\x00.desk", ",".join(f"mx{number}.desk.example" for number in range(21)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names"), LISTS.items(), ids=map(repr, LISTS))
def test_a_list_is_read_with_commas_or_line_ends(text: str, names: list[str]) -> None:
    assert names == [name.text for name in server_names.read(text)]


@pytest.mark.parametrize("text", REFUSED, ids=map(repr, REFUSED))
def test_what_names_nobody_or_everybody_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(server_names.BadName) as err:
        server_names.read(text)
    what, cure = err.value.args
    assert what
    assert cure
