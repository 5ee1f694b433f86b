"""The one table of `#commands`. Everything else is made from it: what a reply may contain, the help,
`intake ticket …`, the manual page."""

from intake.desk.commands import blocks, canned, time_expressions
from intake.desk.commands import files as sending
from intake.desk.commands import merge as merging
from intake.desk.commands import participants as people
from intake.desk.commands import queries as answers
from intake.desk.commands import ticket as doing
from intake.desk.commands.grammar import (
    CommandContext,
    CommandScope,
    CommandSpec,
    address,
    alone,
    anything,
    number,
    number_or_none,
    one_of,
    some,
)
from intake.desk.effects import Effect, Redact
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import NO_TICKET

# As agents may write them; the config says which of them the desk has.
SPOKEN = ", ".join(LANGUAGES)


# A new agent gets the commands before the first notification, so this says what that is for.
_REPLY = "Messages from customers come to you by email. Reply to one, and your reply goes to the customer."


def help_(scene: CommandContext, argument: str) -> list[Effect]:
    """Send the table of commands."""
    language = scene.policy.language
    parts = []
    for where, title in (
        (CommandScope.TICKET, "In a reply to a notification, at the top, one per line:"),
        (CommandScope.BOTH, "In a reply, or in an email to your command address:"),
        (CommandScope.DESK, "Only in an email to your command address:"),
    ):
        rows = [kind for kind in COMMANDS if kind.where is where]
        lines = [f"{kind.written}\n    {kind.said_in(language)}" for kind in rows]
        if not language.startswith("zh"):
            lines = [
                f"{line}\n    also: {', '.join('#' + alias for alias in kind.aliases)}"
                for line, kind in zip(lines, rows, strict=True)
            ]
        parts.append("\n".join([title, "", *lines]))
    return answers.answer(scene, NO_TICKET, "help", "\n\n".join([_REPLY, *parts]))


def _in_reading(scene: CommandContext, argument: str) -> list[Effect]:
    """Do nothing here: these change what happens to the text below, and `obey` looks for them."""
    return []


def _redact(scene: CommandContext, argument: str) -> list[Effect]:
    return [Redact(scene.ticket.id, scene.by, (argument,) if argument else ())]


def _canned(scene: CommandContext, argument: str) -> list[Effect]:
    canned.prepared(scene.policy.canned, argument)
    return []


COMMANDS: tuple[CommandSpec, ...] = (
    CommandSpec(
        "note",
        "",
        "Keep the text below internal: only the assignee gets it, never the customer.",
        "下面的文字只留在内部：发给工单负责人，绝不发给客户。",
        "下面的文字只留在內部：寄給案件負責人，絕不寄給客戶。",
        ("备注", "内部", "私密", "備註", "內部"),
        _in_reading,
        alone,
    ),
    CommandSpec(
        "close",
        "",
        "Close the ticket and notify the requester.",
        "关闭工单，并告知客户。",
        "案件結案，並通知客戶。",
        ("solved", "关闭", "结束", "解决", "關閉", "結束", "解決", "結案"),
        doing.close,
        alone,
    ),
    CommandSpec(
        "reopen",
        "",
        "Reopen the ticket and notify the requester, but not the sender of spam.",
        "重新打开工单，并告知客户（垃圾邮件的发件人除外）。",
        "重新開啟案件，並通知客戶（垃圾郵件的寄件人除外）。",
        ("open", "重开", "打开", "重新打开", "重開", "重新打開", "重新開啟"),
        doing.reopen,
        alone,
    ),
    CommandSpec(
        "mine",
        "",
        "Take the ticket.",
        "由我来处理。",
        "由我來處理。",
        ("take", "claim", "我来", "认领", "我來", "認領"),
        doing.mine,
        alone,
        merging.wants_last,
        first=True,
    ),
    CommandSpec(
        "assign",
        "NAME|TEAM",
        "Assign the ticket to an agent, by name or address, or to a team.",
        "把工单转给某位同事（姓名或地址）或团队。",
        "把案件轉給某位同事（姓名或地址）或團隊。",
        ("转给", "分配", "转交", "轉給", "指派", "轉交"),
        doing.assign,
        some("the name of an agent or a team"),
        merging.wants_last,
        first=True,
    ),
    CommandSpec(
        "priority",
        "urgent|high|normal|low",
        "Set the priority.",
        "设置优先级：紧急、高、普通、低。",
        "設定優先順序：緊急、高、一般、低。",
        ("prio", "优先级", "优先", "優先級", "優先"),
        doing.priority,
        one_of(doing.PRIORITIES),
        first=True,
    ),
    CommandSpec(
        "tag",
        "WORD -WORD",
        "Add tags; a minus removes one.",
        "添加标签；前面加减号则删除。",
        "新增標籤；前面加減號則移除。",
        ("tags", "标签", "標籤"),
        doing.tag,
        doing.read_tags,
        first=True,
    ),
    CommandSpec(
        "snooze",
        "2d|monday 9:00",
        f"Snooze the ticket until then ({time_expressions.GRAMMAR}); a new message unsnoozes it.",
        "到时间前先隐藏（2天、明天、周一 9:00、下午3点）；客户回复后立即恢复。",
        "時間到之前先隱藏（2天、明天、週一 9:00、下午3點）；客戶回覆後立即恢復。",
        ("later", "稍后", "延后", "暂停", "稍後", "延後", "暫停"),
        doing.snooze,
        some(f"a time such as {time_expressions.GRAMMAR}"),
    ),
    CommandSpec(
        "merge",
        "NUMBER [anyway]",
        "Merge into another ticket; add anyway if the requesters differ.",
        "并入另一张工单，以后的来信都到那里；客户不同时要加 anyway（强制）。",
        "併入另一個案件，以後的來信都到那裡；客戶不同時要加 anyway（強制）。",
        ("合并", "并入", "合併", "併入"),
        merging.merge,
        merging.read_merge,
        merging.wants_other,
    ),
    CommandSpec(
        "split",
        "[SUBJECT]",
        "Open a new ticket from the requester's newest email.",
        "把客户最新的一封来信拆成新工单。",
        "把客戶最新的一封來信拆成新案件。",
        ("拆分", "分开"),
        merging.split,
        anything,
        merging.wants_last,
    ),
    CommandSpec(
        "link",
        "NUMBER",
        "Link a related ticket.",
        "关联另一张工单。",
        "關聯另一個案件。",
        ("关联", "關聯"),
        merging.link,
        number,
        merging.wants_other,
    ),
    CommandSpec(
        "cc",
        "add|remove ADDRESS",
        "Add or remove a CC participant, who gets its emails and can reply.",
        "添加或移除抄送人；抄送人会收到来信，也可以回复。",
        "新增或移除副本收件人；副本收件人會收到來信，也可以回覆。",
        ("抄送",),
        people.cc,
        people.read_cc,
        first=True,
    ),
    CommandSpec(
        "subject",
        "TEXT",
        "Change the subject.",
        "修改主题。",
        "修改主旨。",
        ("主题", "标题", "主題", "標題", "主旨"),
        doing.subject,
        some("the new subject"),
        first=True,
    ),
    CommandSpec(
        "language",
        "CODE",
        f"Write to the requester in another language: {SPOKEN}.",
        f"修改给客户写信所用的语言：{SPOKEN}。",
        f"修改寫信給客戶所用的語言：{SPOKEN}。",
        ("lang", "语言", "語言"),
        doing.language,
        some(f"a language: {SPOKEN}"),
        first=True,
    ),
    CommandSpec(
        "escalate",
        "[REASON]",
        "Make it urgent and notify the team lead.",
        "升级：设为紧急，并通知团队负责人。",
        "升級：設為緊急，並通知團隊負責人。",
        ("升级", "升級"),
        doing.escalate,
        anything,
    ),
    CommandSpec(
        "spam",
        "",
        "Close the ticket silently, as spam.",
        "标为垃圾邮件并关闭，不通知发件人。",
        "標為垃圾郵件並結案，不通知寄件人。",
        ("垃圾", "垃圾邮件", "垃圾郵件"),
        doing.spam,
        alone,
    ),
    CommandSpec(
        "notspam",
        "",
        "Restore a ticket that was taken for spam, as new.",
        "不是垃圾邮件：作为新工单恢复。",
        "不是垃圾郵件：作為新案件恢復。",
        ("非垃圾", "不是垃圾邮件", "不是垃圾郵件"),
        doing.notspam,
        alone,
        merging.wants_last,
        first=True,
    ),
    CommandSpec(
        "survey",
        "off|on",
        "Turn the survey off or on.",
        "关闭或打开这张工单的满意度调查。",
        "關閉或開啟此案件的滿意度調查。",
        ("调查", "調查"),
        doing.survey,
        one_of(doing.SWITCH),
    ),
    CommandSpec(
        "canned",
        "NAME",
        "Send a canned response; the text below follows it.",
        "发送预设的回复，下面的文字接在后面。",
        "寄送預設的回覆，下面的文字接在後面。",
        ("template", "模板", "模版", "范本", "範本"),
        _canned,
        some("the name of a canned response"),
    ),
    CommandSpec(
        "undo",
        "",
        "Undo my last reply, if it has not been sent yet.",
        "撤回我最后一次回复（如果还没有发出）。",
        "撤回我最後一次回覆（如果還沒有寄出）。",
        ("撤回", "撤销", "撤銷"),
        doing.undo,
        alone,
        first=True,
    ),
    CommandSpec(
        "copy",
        "",
        "Send me a copy of the reply below, as the customer gets it.",
        "把下面这封回复的副本发给我。",
        "把下面這封回覆的副本寄給我。",
        ("副本", "抄给我"),
        _in_reading,
        alone,
    ),
    CommandSpec(
        "redact",
        "[TEXT]",
        "Permanently remove recovery phrases, private keys and card numbers, and TEXT if given.",
        "从工单中永久删除助记词、私钥、银行卡号，以及给出的文字。",
        "從案件中永久刪除助記詞、私鑰、信用卡號，以及指定的文字。",
        ("脱敏", "打码", "脫敏"),
        _redact,
        anything,
        hides=True,
    ),
    CommandSpec(
        "help",
        "",
        "Send me this list.",
        "把这份列表发给我。",
        "把這份清單寄給我。",
        ("帮助", "命令", "幫助", "說明"),
        help_,
        alone,
        where=CommandScope.BOTH,
    ),
    CommandSpec(
        "list",
        "[mine|team|overdue|spam]",
        "Send me my open tickets, my teams', overdue tickets, or spam.",
        "列出我的、团队的或超时的工单。",
        "列出我的、團隊的或逾期的案件。",
        ("列表", "列出", "清單"),
        answers.list_,
        one_of(answers.LISTS, "mine"),
        answers.wants_list,
        CommandScope.BOTH,
    ),
    CommandSpec(
        "show",
        "NUMBER",
        "Send me a ticket with its history; my reply to that email goes to the customer.",
        "查看一张工单；直接回复那封信就是回复客户。",
        "查看一個案件；直接回覆那封信就是回覆客戶。",
        ("查看", "显示", "顯示"),
        answers.show,
        number,
        answers.wants_history,
        CommandScope.BOTH,
    ),
    CommandSpec(
        "full",
        "[NUMBER]",
        "Send me the ticket with its history and all folded text: quotes and signatures.",
        "查看工单全文，包括已折叠的引文和签名。",
        "查看案件全文，包括已收合的引文和簽名。",
        ("全文", "完整"),
        answers.full,
        number_or_none,
        answers.wants_full,
        CommandScope.BOTH,
    ),
    blocks.BLOCK,
    blocks.UNBLOCK,
    blocks.BLOCKED,
    sending.FILES,
    CommandSpec(
        "next",
        "",
        "Send me the ticket to work on next.",
        "给我下一张该处理的工单。",
        "給我下一個該處理的案件。",
        ("下一个", "下一张", "下一個"),
        answers.next_,
        alone,
        answers.wants_next,
        CommandScope.BOTH,
    ),
    CommandSpec(
        "search",
        "WORDS",
        "Send me the tickets containing all these words.",
        "搜索含有这些词的工单。",
        "搜尋含有這些詞的案件。",
        ("find", "搜索", "查找", "搜尋"),
        answers.search,
        some("words to look for"),
        answers.wants_search,
        CommandScope.BOTH,
    ),
    CommandSpec(
        "new",
        "ADDRESS",
        "Open a ticket for a customer; the text below is our first email to them.",
        "为某人新建工单；下面的文字就是发给对方的第一封信。",
        "為某人新增案件；下面的文字就是寄給對方的第一封信。",
        ("新建", "新工单", "新增"),
        _in_reading,
        address,
        where=CommandScope.DESK,
    ),
)
NAMES: dict[str, CommandSpec] = {
    name.casefold(): kind for kind in COMMANDS for name in (kind.name, *kind.aliases)
}
