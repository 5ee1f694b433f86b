"""How commands are written: English, Chinese, and what the clients of telephones make of them."""

import pytest
from each_case import each

from intake.desk.commands import execute as commands
from intake.desk.commands.grammar import Command, CommandScope, ParsedCommand
from intake.desk.commands.table import COMMANDS

NBSP, WIDE, ZERO = "\u00a0", "\u3000", "\u200b"

READ = {
    # As it is in the manual.
    "close": ("#close", "close"),
    "priority": ("#priority high", "priority high"),
    "tags": ("#tag vip Refund -old", "tag vip refund -old"),
    "snooze": ("#snooze monday 9:00", "snooze monday 9:00"),
    "merge": ("#merge 123", "merge 123"),
    "merge all the same": ("#merge 123 anyway", "merge 123 anyway"),
    "split": ("#split", "split"),
    "split with a subject": ("#split The other matter", "split The other matter"),
    "link": ("#link 7", "link 7"),
    "cc add": ("#cc add eve@x.example", "cc add eve@x.example"),
    "cc remove": ("#cc remove Eve@X.Example", "cc remove Eve@x.example"),
    "cc of an address alone": ("#cc eve@x.example", "cc add eve@x.example"),
    "subject": ("#subject The wallet is empty", "subject The wallet is empty"),
    "escalate": ("#escalate", "escalate"),
    "escalate with a reason": ("#escalate he is a lawyer", "escalate he is a lawyer"),
    "spam": ("#spam", "spam"),
    "survey": ("#survey off", "survey off"),
    "canned": ("#canned Refund", "canned Refund"),
    "redact": ("#redact", "redact"),
    "redact a text": ("#redact hunter2", "redact hunter2"),
    "undo": ("#undo", "undo"),
    "language": ("#language zh", "language zh"),
    "help": ("#help", "help"),
    # Shown by telephones and mail clients.
    "autocapitalised": ("#Close", "close"),
    "shouted": ("#CLOSE", "close"),
    "trailing spaces": ("#close   ", "close"),
    "a no-break space": (f"#priority{NBSP}high{NBSP}", "priority high"),
    "a space of full width": (f"#优先级{WIDE}高", "priority high"),
    "an unseen character before it": (f"{ZERO}#close", "close"),
    "a byte order mark": ("\ufeff#close", "close"),
    "two spaces made a full stop": ("#close.", "close"),
    "a Chinese full stop": ("#关闭。", "close"),
    "a full stop after a word": ("#priority Urgent.", "priority urgent"),
    "a full-width sign": ("＃close", "close"),
    "a small sign": ("﹟close", "close"),
    "digits of full width": ("#merge １２３", "merge 123"),
    "a number with its sign": ("#merge #123", "merge 123"),
    "an address that Outlook wrote twice": (
        "#cc add eve@x.example<mailto:eve@x.example>",
        "cc add eve@x.example",
    ),
    "an address in brackets": ("#cc add <eve@x.example>", "cc add eve@x.example"),
    "an address with its name": ("#cc add Eve <eve@x.example>", "cc add eve@x.example"),
    "an address that a text was made of": (
        "#cc add eve@x.example [mailto:eve@x.example]",
        "cc add eve@x.example",
    ),
    "a dash made of a minus": ("#tag –old", "tag -old"),
    "tags with commas": ("#tag a, b，c", "tag a b c"),
    "a colon": ("#subject: New", "subject New"),
    # Chinese: names, arguments, and no space between them.
    "关闭": ("#关闭", "close"),
    "重开": ("#重开", "reopen"),
    "我来": ("#我来", "mine"),
    "转给": ("#转给 小王", "assign 小王"),
    "转给 without a space": ("#转给小王", "assign 小王"),
    "转给 with a colon": ("＃转给：小王", "assign 小王"),
    "转给 a Latin name": ("#转给Wei", "assign Wei"),
    "优先级": ("#优先级 紧急", "priority urgent"),
    "优先级 without a space": ("#优先级低", "priority low"),
    "标签": ("#标签 退款 急", "tag 退款 急"),
    "稍后": ("#稍后 明天", "snooze 明天"),
    "合并": ("#合并 123", "merge 123"),
    "合并 without a space": ("#合并123", "merge 123"),
    "合并 of two requesters": ("#合并 123 强制", "merge 123 anyway"),
    "拆分": ("#拆分", "split"),
    "关联": ("#关联 7", "link 7"),
    "抄送": ("#抄送 添加 eve@x.example", "cc add eve@x.example"),
    "抄送 of one who goes": ("#抄送 移除 eve@x.example", "cc remove eve@x.example"),
    "主题": ("#主题 钱包空了", "subject 钱包空了"),
    "升级": ("#升级 客户很急", "escalate 客户很急"),
    "垃圾": ("#垃圾", "spam"),
    "调查": ("#调查 关", "survey off"),
    "模板": ("#模板 退款", "canned 退款"),
    "脱敏": ("#脱敏", "redact"),
    "撤回": ("#撤回", "undo"),
    "语言": ("#语言 中文", "language 中文"),
    "帮助": ("#帮助", "help"),
    "traditional": ("#關閉", "close"),
}


@each(("line", "command"), READ.values(), ids=READ.keys())
def test_a_line_is_read(line: str, command: str) -> None:
    name, _, argument = command.partition(" ")
    expected = ParsedCommand((Command(name, argument),), "Dear Lin")

    assert expected == commands.read(f"{line}\n\nDear Lin\n")


DESK = {
    "#list": "list mine",
    "#list team": "list team",
    "#LIST Overdue": "list overdue",
    "#列表": "list mine",
    "#列表 团队": "list team",
    "#列表 超时": "list overdue",
    "#show 12": "show 12",
    "#查看12": "show 12",
    "#next": "next",
    "#下一个": "next",
    "#search seed phrase": "search seed phrase",
    "#搜索 助记词": "search 助记词",
    "#new eve@x.example": "new eve@x.example",
    "#新建 eve@x.example": "new eve@x.example",
    "#帮助": "help",
}


@pytest.mark.parametrize(("line", "command"), DESK.items())
def test_a_line_to_the_command_address_is_read(line: str, command: str) -> None:
    name, _, argument = command.partition(" ")

    assert (Command(name, argument),) == commands.read(line, CommandScope.DESK).commands


@pytest.mark.parametrize("line", ["#note", "#Note ", "＃备注", "#内部"])
def test_a_note_is_no_command_but_where_the_text_goes(line: str) -> None:
    assert ParsedCommand((), "He is nice.", note=True) == commands.read(f"{line}\nHe is nice.")


NOT_COMMANDS = {
    "a heading": "# a heading\ntext",
    "a number": "#1 is what I mean",
    "a sign alone": "#\ntext",
    "two signs": "##- Please type your reply above this line -##",
}


@pytest.mark.parametrize("text", NOT_COMMANDS.values(), ids=NOT_COMMANDS.keys())
def test_other_texts_stay_texts(text: str) -> None:
    assert ParsedCommand(text=text) == commands.read(text)


WRONG = {
    "unknown": ("#fly\nBye", "#fly is not a command"),
    "unknown in Chinese": ("#重要\nBye", "#重要 is not a command"),
    "misspelt": ("#asign Wei", "Did you mean #assign?"),
    "too much": ("#close now", "#close was not understood: it takes no argument. Write #close."),
    "too little": ("#assign", "it needs the name of an agent or a team. Write #assign NAME|TEAM."),
    "no such priority": ("#priority big", "one of: urgent, high, normal, low"),
    "no number": ("#merge him", "it needs the number of a ticket"),
    "number nought": ("#merge 0", "it needs the number of a ticket"),
    "a number too long": ("#merge 12345678901", "it needs the number of a ticket"),
    "no address": ("#cc add eve", "it needs an email address"),
    "an address with a line of its own": ("#cc add a@b.example,c@d.example", "it needs an email address"),
    "no switch": ("#survey maybe", "one of: off, on"),
    "in the wrong place": (
        "#new eve@x.example\nHello",
        "#new belongs in an email to the desk's command address",
    ),
    "text joined on": ("#close,please", "#close was not understood"),
}


@pytest.mark.parametrize(("text", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_with_the_grammar(text: str, problem: str) -> None:
    asked = commands.read(text)

    assert () == asked.commands
    assert problem in asked.problem


def test_ticket_commands_at_the_command_address_say_where_they_belong() -> None:
    assert "#show NUMBER" in commands.read("#close", CommandScope.DESK).problem


def test_one_wrong_line_among_right_ones_stops_them_all() -> None:
    asked = commands.read("#mine\n#clsoe\n\nText")

    assert ((), "Text") == (asked.commands, asked.text)


def test_several_commands_with_blank_lines_between() -> None:
    expected = ParsedCommand((Command("mine"), Command("priority", "high"), Command("close")), "Done.")

    assert expected == commands.read("\n#mine\n\n#priority high\n#close\n\n\nDone.")


def test_no_name_or_alias_stands_for_two_commands() -> None:
    names = [name.casefold() for kind in COMMANDS for name in (kind.name, *kind.aliases)]

    assert sorted(set(names)) == sorted(names)


@each("kind", COMMANDS, ids=lambda kind: kind.name)
def test_every_command_has_chinese_names_and_help(kind: commands.CommandSpec) -> None:
    assert any(not alias.isascii() for alias in kind.aliases)
    assert (kind.written + kind.help).isascii()


# As an agent in Taiwan or Hong Kong writes them, and in what follows them.
TRADITIONAL = {
    "內部": "note",
    "備註": "note",
    "結束": "close",
    "解決": "close",
    "結案": "close",
    "關閉": "close",
    "重新打開": "reopen",
    "重新開啟": "reopen",
    "我來": "mine",
    "轉給 小王": "assign 小王",
    "指派 小王": "assign 小王",
    "轉交小王": "assign 小王",
    "優先 一般": "priority normal",
    "優先級 緊急": "priority urgent",
    "標題 錢包": "subject 錢包",
    "主旨 錢包": "subject 錢包",
    "標籤 退款": "tag 退款",
    "延後 2天": "snooze 2天",
    "暫停 明天": "snooze 明天",
    "抄送 新增 eve@x.example": "cc add eve@x.example",
    "抄送 刪除 eve@x.example": "cc remove eve@x.example",
    "併入 7 強制": "merge 7 anyway",
    "調查 關閉": "survey off",
    "調查 開啟": "survey on",
    "範本 退款": "canned 退款",
    "垃圾郵件": "spam",
    "撤銷": "undo",
    "說明": "help",
    "清單 逾期": "list overdue",
    "清單 團隊": "list team",
    "搜尋 錢包": "search 錢包",
    "新增 eve@x.example": "new eve@x.example",
}


@each("line", TRADITIONAL)
def test_commands_are_read_in_traditional_chinese(line: str) -> None:
    where = CommandScope.DESK if TRADITIONAL[line].startswith("new ") else CommandScope.TICKET
    asked = commands.read(f"#{line}\n\n您好", where)
    named = ["#note"] if asked.note else [str(one) for one in asked.commands]
    assert ("", [f"#{TRADITIONAL[line]}"]) == (asked.problem, named)


# Of each pair the kind of Chinese that is not meant: what the two lists are likely to mix.
ONLY_SIMPLIFIED = set("们这为发对时个说过还进应开关题单请帐钱转买卖标删锁馈询设听团队优级复绝给户谁键银")
ONLY_TRADITIONAL = set("們這為發對時個說過還進應開關題單請帳錢轉買賣標刪鎖饋詢設聽團隊優級復絕給戶誰鍵銀")


@each("kind", COMMANDS, ids=lambda kind: kind.name)
def test_the_help_of_each_kind_of_chinese_is_in_its_own_letters(kind: commands.CommandSpec) -> None:
    assert not set(kind.said_in("zh-Hans")) & ONLY_TRADITIONAL
    assert not set(kind.said_in("zh-Hant")) & ONLY_SIMPLIFIED
    assert not kind.said_in("zh-Hans").isascii()
    assert not kind.said_in("zh-Hant").isascii()
    assert kind.help == kind.said_in("en") == kind.said_in("ja")
