"""`#ask`: a question to somebody outside the ticket. What is sent is in `intake.desk.partners`."""

from intake.desk import partners
from intake.desk.commands.grammar import CommandSpec, address

ASK = CommandSpec(
    partners.NAME,
    "ADDRESS",
    "Send the text below to someone outside the ticket; their answer is an internal note. They and the "
    "customer see nothing of each other.",
    "把下面的文字发给工单以外的人；对方的回复成为内部备注。对方和客户互相看不到任何内容。",
    "把下面的文字寄給案件以外的人；對方的回覆成為內部備註。對方和客戶互相看不到任何內容。",
    ("询问", "外部询问", "詢問", "外部詢問"),
    partners.check,
    address,
    first=True,
)
