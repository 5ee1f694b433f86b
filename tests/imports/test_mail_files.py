"""Archives of mail as mail programs leave them: what is found there, what is left, and why."""

import os
from pathlib import Path

import pytest

from intake.imports.archive import Found, Left
from intake.imports.mail_files import MailFiles
from intake.imports.mail_kinds import FileKind, kind_of

MAIL = b"From: ann@example.org\nSubject: %b\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\nHello\n"
LINE = b"From ann@example.org Mon Jan  1 10:00:00 2024\n"


def mail(subject: str) -> bytes:
    return MAIL % subject.encode()


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder, which is made."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def read(*paths: Path) -> tuple[list[bytes], list[Left]]:
    """Return the mails as they are read, and what people are told of."""
    archive = MailFiles(paths)
    items = list(archive.find())
    found = [item for item in items if isinstance(item, Found)]
    mails = [archive.read(item.path, item.start, item.size, item.number) for item in found]
    archive.close()
    return mails, [item for item in items if isinstance(item, Left)]


def test_an_mbox_file_is_read_as_its_mails(tmp_path: Path) -> None:
    lay(tmp_path, {"a.mbox": LINE + mail("a") + b"\n" + LINE + mail("b") + b"\n"})
    assert read(tmp_path / "a.mbox") == ([mail("a"), mail("b")], [])


def test_one_eml_is_one_mail_whatever_stands_before_it(tmp_path: Path) -> None:
    crlf = mail("c").replace(b"\n", b"\r\n")
    lay(
        tmp_path,
        {
            "a.eml": mail("a"),
            "b.eml": b"\xef\xbb\xbf" + mail("b"),
            "c.eml": crlf,
            "d": b"From ann\n" + mail("d"),
        },
    )
    assert read(*(tmp_path / name for name in ("a.eml", "b.eml", "c.eml", "d"))) == (
        [mail("a"), mail("b"), crlf, mail("d")],
        [],
    )


def test_a_maildir_with_subfolders_is_read_without_what_was_deleted_or_never_sent(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "new/1": mail("1"),
            "cur/2:2,S": mail("2"),
            "cur/3:2,ST": mail("3"),
            "cur/4:2,DS": mail("4"),
            "tmp/5": mail("5"),
            ".Sent/new/6": mail("6"),
            ".Sent/cur/7;2,RS": mail("7"),
            ".Sent/tmp/8": mail("8"),
            "dovecot-uidlist": b"3 V1\n",
            "cur/9": b"",
            "cur/10": b"this is no mail at all",
        },
    )
    mails, left = read(tmp_path)
    assert sorted(mails) == sorted([*(mail(name) for name in "1267"), b"this is no mail at all"])
    assert sorted((Path(item.place).name, item.why) for item in left) == [
        ("3:2,ST", "it was deleted there"),
        ("4:2,DS", "it is a draft that was never sent"),
        ("9", "it is empty"),
        ("dovecot-uidlist", "it is no mail"),
    ]
    assert not any(item.mail for item in left)


def test_folders_of_eml_are_read_however_deep_and_however_named(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "b/x.EML": mail("1"),
            "b/c/Re_ 你好 .eml": mail("2"),
            "a.txt": b"shopping list: milk\n",
            "a.pdf": b"%PDF-1.7\n",
            "b/z.eml": b"sorry, nothing here\n",
        },
    )
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/b/\xff\xfe.eml")).write_bytes(mail("3"))
    mails, left = read(tmp_path)
    assert sorted(mails) == [mail("1"), mail("2"), mail("3")]
    assert [(Path(item.place).name, item.mail, item.out) for item in left] == [
        ("a.pdf", False, True),
        ("a.txt", False, True),
        ("z.eml", True, False),
    ]
    assert {item.why for item in left} == {"it does not begin as a mail or an mbox file does"}


def test_apple_mail_keeps_a_length_before_each_mail_and_a_list_behind_it(tmp_path: Path) -> None:
    def emlx(raw: bytes) -> bytes:
        return b"%-10d\n" % len(raw) + raw + b'<?xml version="1.0"?><plist/>\n'

    lay(
        tmp_path,
        {
            "Sent.mbox/Messages/1.emlx": emlx(mail("1")),
            "Sent.mbox/Messages/2.partial.emlx": emlx(mail("2")),
            "Sent.mbox/Info.plist": b"<plist/>",
            "Old.mbox/mbox": LINE + mail("3"),
            "Old.mbox/table_of_contents": b"\0",
        },
    )
    archive = MailFiles([tmp_path])
    found = [item for item in archive.find() if isinstance(item, Found)]
    assert [archive.read(item.path, item.start, item.size, item.number) for item in found] == [
        mail("3"),
        mail("1"),
        mail("2"),
    ]
    assert [item.cut for item in found] == ["", "", "its files were never fetched by Apple Mail"]


@pytest.mark.parametrize(
    "ahead", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n", b"\n" * 200]
)
def test_what_stands_empty_before_a_mail_is_no_part_of_it(tmp_path: Path, ahead: bytes) -> None:
    lay(
        tmp_path,
        {
            "1.emlx": ahead + b"%d\n" % len(mail("1")) + mail("1") + b"<plist/>",
            "2.eml": ahead + mail("2"),
            "3.eml": ahead + b"From ann@example.org\n" + mail("3"),
        },
    )
    assert read(tmp_path) == ([mail("1"), mail("2"), mail("3")], [])
    heads = [item.head for item in MailFiles([tmp_path]).find() if isinstance(item, Found)]
    assert all(head.startswith(b"From: ann") for head in heads)


def test_a_thunderbird_folder_is_read_without_what_was_deleted_and_its_index(tmp_path: Path) -> None:
    gone = b"X-Mozilla-Status: 0009\nX-Mozilla-Status2: 00000000\n"
    kept = b"X-Mozilla-Status: 0001\n"
    first, second = gone + mail("a"), kept + mail("b")
    line = b"From - Mon Jan 01 10:00:00 2024\n"
    lay(
        tmp_path,
        {
            "Inbox": line + first + b"\n" + line + second,
            "Inbox.msf": b"// <!--",
            "Inbox.sbd/Old": line + second,
        },
    )
    mails, left = read(tmp_path)
    assert mails == [second, second]
    assert {item.why for item in left if not item.mail} == {"it was deleted there", "it is no mail"}


def test_what_a_program_writes_for_itself_is_left(tmp_path: Path) -> None:
    own = b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nx\n"
    lay(tmp_path, {"mbox": LINE + own + b"\n" + LINE + mail("a")})
    mails, left = read(tmp_path / "mbox")
    assert (mails, [item.why for item in left]) == ([mail("a")], ["it is the mail program's own record"])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    lay(tmp_path, {"out/secret.eml": mail("a"), "in/b.eml": mail("b")})
    (tmp_path / "in/a.eml").symlink_to(tmp_path / "out/secret.eml")
    (tmp_path / "in/more").symlink_to(tmp_path / "out")
    mails, left = read(tmp_path / "in")
    assert mails == [mail("b")]
    assert {item.why for item in left} == {"it is a link, which is not followed"}
    assert len(left) == 2


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (b"\x1f\x8b\x08", "it is compressed with gzip"),
        (b"PK\x03\x04", "it is a zip archive"),
        (b"!BDN", "it is an Outlook data file (.pst or .ost)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is in Outlook's own format (.msg)"),
        (b"\xff\xfeF\0r\0", "it is text in UTF-16"),
        (b"\x01\x01\x01\x01\n", "it is an MMDF mailbox"),
    ],
)
def test_what_cannot_be_read_says_what_it_is_and_what_to_do(tmp_path: Path, first: bytes, why: str) -> None:
    lay(tmp_path, {"archive": first + b"x" * 100})
    mails, (left,) = read(tmp_path / "archive")
    assert (mails, left.why, bool(left.cure), left.mail) == ([], why, True, True)


MULTIPART = b'Subject: a\nContent-Type: multipart/mixed;\n boundary="xyz"\n\n--xyz\n\nHello\n'


@pytest.mark.parametrize(
    ("last", "cut"),
    [
        (mail("a"), ""),
        (MULTIPART + b"--xyz--\n", ""),
        (MULTIPART, "the file ends within it"),
        (b"Subject: a\nTo: b", "the file ends within its header"),
        (mail("a")[:-1], "the file does not end with the end of a line"),
    ],
)
def test_a_last_mail_that_is_not_whole_is_found_and_told_of(tmp_path: Path, last: bytes, cut: str) -> None:
    lay(tmp_path, {"mbox": LINE + MULTIPART + b"\n" + LINE + last})
    _, found = (item for item in MailFiles([tmp_path / "mbox"]).find() if isinstance(item, Found))
    assert found.cut == cut


@pytest.mark.parametrize(
    ("name", "raw", "cut"),
    [
        ("a.eml", mail("a"), ""),
        ("a.eml", mail("a")[:-1], ""),
        ("a.eml", mail("a").replace(b"\n", b"\r\n"), ""),
        ("a.eml", mail("a").replace(b"\n", b"\r"), ""),
        ("a.eml", b"Subject: a\nTo: b", "the file ends within its header"),
        ("cur/1:2,S", b"Subject: a\nTo: b", "the file ends within its header"),
        ("a.eml", MULTIPART + b"--xyz--", ""),
        ("a.eml", MULTIPART, "the file ends within it"),
        ("new/1", MULTIPART, "the file ends within it"),
        ("1.emlx", b"%d\n%b<plist/>" % (len(mail("a")), mail("a")), ""),
        ("1.emlx", b"%d\n%b" % (len(mail("a")) + 9, mail("a")), "the file ends within it"),
    ],
)
def test_a_file_that_is_one_mail_and_not_whole_is_found_and_told_of(
    tmp_path: Path, name: str, raw: bytes, cut: str
) -> None:
    lay(tmp_path, {"cur/0:2,S": mail("0"), "new/0": mail("0"), name: raw})
    (found,) = (
        item
        for item in MailFiles([tmp_path]).find()
        if isinstance(item, Found) and item.path == str(tmp_path / name)
    )
    assert found.cut == cut


def test_a_file_that_ends_where_a_mail_should_begin_says_so(tmp_path: Path) -> None:
    lay(tmp_path, {"mbox": LINE + mail("a") + b"\n" + LINE})
    mails, (left,) = read(tmp_path / "mbox")
    assert (mails, left.why) == ([mail("a")], "the file ends where it should begin")


def test_a_text_with_a_colon_in_its_first_line_is_no_mail() -> None:
    assert kind_of(b"Note: buy milk\n\nand bread\n")[0] is FileKind.OTHER
    assert kind_of(b"Received: by x\n\nand bread\n")[0] is FileKind.MAIL


def test_of_a_file_that_was_changed_meanwhile_no_mail_is_read(tmp_path: Path) -> None:
    box = lay(tmp_path, {"mbox": LINE + mail("a") + b"\n" + LINE + mail("b")}) / "mbox"
    archive = MailFiles([box])
    first, second = (item for item in archive.find() if isinstance(item, Found))
    assert archive.read(first.path, first.start, first.size, first.number) == mail("a")
    archive.close()
    box.write_bytes(LINE + mail("another") + b"\n" + LINE + mail("b"))
    with pytest.raises(OSError, match="it was changed since"):
        archive.read(second.path, second.start, second.size, second.number)
    archive.close()


def test_a_file_whose_beginning_is_missing_gives_the_mails_behind_it(tmp_path: Path) -> None:
    lay(tmp_path, {"cut.mbox": b"the end of something\n\n" + LINE + mail("a") + b"\n"})
    mails, (left,) = read(tmp_path / "cut.mbox")
    assert (mails, left.why, left.mail) == (
        [mail("a")],
        "what stands before the first mail is no whole mail",
        True,
    )


def test_what_is_no_file_is_told_of_where_it_was_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert [left.mail for left in read(tmp_path / "pipe")[1]] == [True]
    assert [left.mail for left in read(tmp_path)[1]] == [False]


def test_what_is_left_of_an_archive_that_may_be_mail_is_told_with_what_to_do(tmp_path: Path) -> None:
    names = {
        "a.eml": b"no mail at all\n",
        "b.mbox.gz": b"\x1f\x8b\x08",
        "c.pst": b"!BDN",
        "d.mbox": LINE + b"x",
    }
    lay(tmp_path, names)
    (tmp_path / "link").symlink_to(tmp_path / "a.eml")
    (tmp_path / "folder").symlink_to(tmp_path, target_is_directory=True)
    left = [item for item in MailFiles([tmp_path]).find() if isinstance(item, Left) and item.mail]
    assert {"a.eml", "b.mbox.gz", "c.pst", "link", "folder"} <= {Path(item.place).name for item in left}
    assert [item.place for item in left if not item.cure] == []
