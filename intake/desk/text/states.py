"""What statuses, priorities and categories are called. Pure."""

from intake.desk.text.argument_words import by_language
from intake.desk.text.said import Said, carrying, said
from intake.desk.ticket import Status

STATES: dict[str, Said] = {
    Status.NEW: said("new"),
    Status.OPEN: said("open"),
    Status.PENDING: said("pending"),
    Status.CLOSED: said("closed"),
}
# The categories that every desk has; those of an admin are called what they are called.
_CATEGORIES = by_language("""
enquiry|咨询|諮詢|お問い合わせ|문의|consulta|dúvida|question|Anfrage|вопрос|soru|câu hỏi
technical|技术问题|技術問題|技術的な問題|기술 문제|problema técnico|problema técnico|problème technique|technisches Problem|техническая проблема|teknik sorun|kỹ thuật
account|账户|帳戶|アカウント|계정|cuenta|conta|compte|Konto|аккаунт|hesap|tài khoản
transaction|交易|交易|取引|거래|transacción|transação|transaction|Transaktion|транзакция|işlem|giao dịch
security|安全|安全|セキュリティ|보안|seguridad|segurança|sécurité|Sicherheit|безопасность|güvenlik|bảo mật
""")  # noqa: E501
CATEGORIES: dict[str, Said] = {name: carrying(name, own) for name, own in _CATEGORIES.items()}
URGENCIES: dict[str, Said] = {
    "urgent": said("urgent"),
    "high": said("high"),
    "normal": said("normal"),
    "low": said("low"),
}


def category_in(name: str, language: str) -> str:
    """Return what a category is called in a mail to a customer in `language`."""
    return _CATEGORIES.get(name, {}).get(language, name)
