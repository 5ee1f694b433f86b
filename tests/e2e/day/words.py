"""What people write in a day at a wallet's help desk, in English and in Chinese."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A request: its subject, its sentences, what is answered, and what is asked again."""

    subject: str
    asks: tuple[str, ...]
    answer: str
    again: str


EN = (
    Topic(
        "My wallet shows an empty page",
        ("Since the update to 4.2 my wallet shows an empty page.", "My coins were there this morning."),
        "Please close the app completely and open it again.",
        "I did that and the page is still empty.",
    ),
    Topic(
        "Refund for order 88213",
        ("I paid twice for the same order.", "Please send the second payment back to my card."),
        "We have asked the bank to send the second payment back.",
        "How many days does that take?",
    ),
    Topic(
        "I cannot log in",
        ("The app says that my code is wrong.", "I have tried three times today."),
        "Please set the clock of your phone to automatic and try again.",
        "The clock was right already, what else can it be?",
    ),
    Topic(
        "Transfer not received",
        ("I sent 0.4 yesterday evening and nothing has arrived.", "The app says completed."),
        "The network was busy, your transfer has two confirmations now.",
        "It says three of twelve now, is that normal?",
    ),
    Topic(
        "My funds were stolen",
        ("Somebody stole my funds last night.", "I did not make the last two transfers."),
        "Please move what is left to a new wallet and send us the two transfer numbers.",
        "I have moved the rest, here are the numbers: 4471 and 4472.",
    ),
    Topic(
        "Error 17 when I export",
        ("When I export my history the app ends with error 17.", "See the picture, please."),
        "Version 4.2.1 mends this, please update.",
        "I have 4.2.1 and error 17 is still there.",
    ),
    Topic(
        "Change of my email address",
        ("I lose my old address next week.", "How do I change it in the app?"),
        "Open Settings, then Account, then Email.",
        "There is no entry called Email in my app.",
    ),
    Topic(
        "Fee too high",
        ("The fee for a small transfer was 12 dollars.", "Is that correct?"),
        "The network decides the fee, you can choose Slow for a lower one.",
        "Where do I find Slow?",
    ),
)
ZH = (
    Topic(
        "钱包打开是空白页",
        ("更新到 4.2 以后钱包打开是空白页。", "今天早上余额还在。"),
        "请完全退出应用后重新打开。",
        "我试过了，页面还是空白。",
    ),
    Topic(
        "订单 88213 申请退款",
        ("同一个订单我付了两次款。", "请把第二笔款退回我的银行卡。"),
        "我们已经请银行退回第二笔款。",
        "请问需要几天到账？",
    ),
    Topic(
        "无法登录",
        ("应用提示我的验证码不正确。", "今天已经试了三次。"),
        "请把手机时间设为自动，然后再试一次。",
        "时间本来就是自动的，还有别的原因吗？",
    ),
    Topic(
        "转账没有到账",
        ("我昨天晚上转出 0.4，到现在没有到账。", "应用显示已完成。"),
        "网络拥堵，您的转账现在已有两次确认。",
        "现在显示三次，一共要十二次，正常吗？",
    ),
    Topic(
        "资产被盗",
        ("昨天夜里我的资产被盗了。", "最后两笔转账不是我操作的。"),
        "请把剩余资产转到新钱包，并把两笔转账的编号发给我们。",
        "剩余的已经转走，编号是 4471 和 4472。",
    ),
    Topic(
        "导出时报错 17",
        ("导出历史记录时应用报错 17。", "请看附上的截图。"),
        "4.2.1 版本已修复，请更新。",
        "我已经是 4.2.1，还是报错 17。",
    ),
    Topic(
        "更换邮箱地址",
        ("我的旧邮箱下周就不能用了。", "请问在应用里怎么更换？"),
        "请打开设置，再进入账户，选择邮箱。",
        "我的应用里没有邮箱这一项。",
    ),
    Topic(
        "手续费太高",
        ("一笔小额转账收了 12 美元手续费。", "这个费用正确吗？"),
        "手续费由网络决定，您可以选择慢速来降低费用。",
        "请问慢速在哪里选择？",
    ),
)
TOPICS = {False: EN, True: ZH}
THANKS = {False: "Thank you, it works now.", True: "谢谢，已经好了。"}
AWAY = {
    False: "I am out of the office until Thursday and will read your mail then.",
    True: "我在休假，周四回来后会阅读您的邮件。",
}
GREETING = {False: "Hello,", True: "您好，"}
CLOSING = {False: "Best regards", True: "此致"}
SECOND_ANSWER = {False: "Our engineers have looked at it and it is mended.", True: "工程师已经检查并修复了。"}
SHORT = {False: "On it, more in an hour.", True: "正在处理，一小时内回复您。"}
BETTER = {False: "Correction: please use the second button.", True: "更正：请使用第二个按钮。"}
WITHDRAWN = {False: "Please use the first button.", True: "请使用第一个按钮。"}
QUESTION = {
    False: "Have you seen this before? The shard of this customer looks odd.",
    True: "你以前见过吗？这位客户的分片看起来不正常。",
}
ADVICE = {
    False: "Yes, restart shard seven, but do not say so outside.",
    True: "见过，重启七号分片，不要对外说。",
}
HANDED = {
    False: "This needs somebody who knows payments.",
    True: "这个需要熟悉支付的同事来看。",
}
FILE_ANSWER = {False: "The steps are in the attached file.", True: "步骤请看附件。"}
