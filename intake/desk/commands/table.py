"""The one table of `#commands`. Everything else is made from it: what a reply may contain, the help,
`intake ticket …`, the manual page."""

from intake.desk.commands import blocks, faq, helping, lists, time_words
from intake.desk.commands import canned_keeping as keeping_canned
from intake.desk.commands import drafts as keeping
from intake.desk.commands import files as sending
from intake.desk.commands import merge as merging
from intake.desk.commands import participants as people
from intake.desk.commands import queries as answers
from intake.desk.commands import ticket as doing
from intake.desk.commands.asking import ASK
from intake.desk.commands.colleagues import COLLEAGUES, REPLY
from intake.desk.commands.grammar import (
    CommandContext,
    CommandScope,
    CommandSpec,
    Refused,
    address,
    alone,
    anything,
    names_or_none,
    number,
    one_of,
    some,
)
from intake.desk.commands.incidents import INCIDENTS
from intake.desk.commands.incidents import wants as wants_incident
from intake.desk.commands.native import names_of
from intake.desk.commands.questions import QUESTIONS
from intake.desk.commands.unhide import UNHIDE
from intake.desk.effects import Effect, Redact
from intake.desk.text.language import LANGUAGES
from intake.desk.text.said import said
from intake.desk.ticket import NO_TICKET

# As agents may write them; the config says which of them the desk has.
SPOKEN = ", ".join(LANGUAGES)


def help_(scene: CommandContext, argument: str) -> list[Effect]:
    """Send the table of commands."""
    return answers.answer(scene, NO_TICKET, "help", helping.table(COMMANDS))


def _in_reading(scene: CommandContext, argument: str) -> list[Effect]:
    """Do nothing here: these change what happens to the text below, and `obey` looks for them."""
    return []


def _redact(scene: CommandContext, argument: str) -> list[Effect]:
    if scene.looked.hold is not None:
        raise Refused(said("it is held: {hold}", hold=scene.looked.hold.reason))
    return [Redact(scene.ticket.id, scene.by, (argument,) if argument else ())]


COMMANDS: tuple[CommandSpec, ...] = (
    CommandSpec(
        "note",
        "[@NAME ...]",
        "Keep the text below internal: those who work on the ticket get it, never the customer. "
        "@NAME asks an agent or a team; their reply is a note, too.",
        "下面的文字只留在内部，发给处理这张工单的人，绝不发给客户。@姓名 询问同事或团队，回复也是备注。",
        "下面的文字只留在內部，寄給處理此案件的人，絕不寄給客戶。@姓名 詢問同事或團隊，回覆也是備註。",
        ("备注", "内部", "私密", "備註", "內部"),
        _in_reading,
        names_or_none,
    ),
    REPLY,
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
        "Take the ticket; outside of one, list mine.",
        "由我来处理；发到命令地址则列出我的工单。",
        "由我來處理；寄到命令地址則列出我的案件。",
        ("take", "claim", "我来", "认领", "我來", "認領"),
        doing.mine,
        alone,
        lists.wants_mine,
        CommandScope.BOTH,
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
        some(said("the name of an agent or a team")),
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
        f"Snooze the ticket until then ({time_words.EXAMPLES}); a new message unsnoozes it.",
        "到时间前先隐藏（2天、明天、周一 9:00、下午3点）；客户回复后立即恢复。",
        "時間到之前先隱藏（2天、明天、週一 9:00、下午3點）；客戶回覆後立即恢復。",
        ("later", "稍后", "延后", "暂停", "稍後", "延後", "暫停"),
        doing.snooze,
        some(said("a time such as {examples}", examples=time_words.EXAMPLES)),
    ),
    CommandSpec(
        "merge",
        "NUMBER [anyway]",
        "Merge into another ticket; add anyway if the requesters differ.",
        "并入另一张工单，以后的来信都到那里；客户不同时要加“强制”。",
        "併入另一個案件，以後的來信都到那裡；客戶不同時要加「強制」。",
        ("合并", "并入", "合併", "併入"),
        merging.merge,
        merging.read_merge,
        merging.wants_merge,
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
    ASK,
    *COLLEAGUES,
    CommandSpec(
        "subject",
        "TEXT",
        "Change the subject.",
        "修改主题。",
        "修改主旨。",
        ("主题", "标题", "主題", "標題", "主旨"),
        doing.subject,
        some(said("the new subject")),
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
        some(said("a language: {codes}", codes=SPOKEN)),
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
    keeping_canned.ROW,
    faq.ROW,
    CommandSpec(
        "undo",
        "",
        "Undo my last reply, if it has not been sent yet.",
        "撤回我最后一次回复（如果还没有发出）。",
        "撤回我最後一次回覆（如果還沒有寄出）。",
        ("撤回", "撤销", "撤銷"),
        doing.undo,
        alone,
        keeping.wants,
        first=True,
    ),
    *keeping.ROWS,
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
        wants_incident,
        hides=True,
    ),
    UNHIDE,
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
    blocks.BLOCK,
    blocks.UNBLOCK,
    blocks.BLOCKED,
    sending.FILES,
    *QUESTIONS,
    *INCIDENTS,
    CommandSpec(
        "my",
        "language CODE",
        "Write to me in a language of my own.",
        "以后用我选的语言给我写信。",
        "以後用我選的語言寫信給我。",
        ("我的语言", "我的語言"),
        doing.my,
        doing.read_mine,
        where=CommandScope.BOTH,
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
    name.casefold(): kind for kind in COMMANDS for name in (kind.name, *kind.aliases, *names_of(kind.name))
}
