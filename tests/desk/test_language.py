"""Which language a text is in."""

import time

import pytest

from intake.desk.language import detect, mail_language

TEXTS = {
    "en": "Hi, my login does not work any more. Can you help me?",
    "de": "Guten Tag, ich kann mich nicht anmelden. Können Sie mir bitte helfen?",
    "fr": "Bonjour, je n'arrive pas à me connecter. Pouvez-vous m'aider ?",
    "es": "Hola, no puedo entrar en mi cuenta desde ayer. Gracias",
    "pt": "Olá, não consigo entrar na minha conta. Obrigado",
    "it": "Buongiorno, non riesco ad accedere al mio account. Grazie",
    "nl": "Goedemiddag, ik kan niet inloggen op mijn account. Kunt u helpen?",
    "pl": "Dzień dobry, nie mogę się zalogować na moje konto.",
    "tr": "Merhaba, hesabıma giriş yapamıyorum. Yardım eder misiniz?",
    "vi": "Xin chào, tôi không thể đăng nhập vào tài khoản của mình.",
    "ru": "Здравствуйте, не могу войти в свой аккаунт.",
    "uk": "Вітаю, я не можу увійти. Що мені робити? Її немає.",
    "zh-Hans": "您好，我的账户无法登录，请帮忙看一下。",
    "zh-Hant": "您好，我的帳號無法登入，請幫忙看一下。",
    "ja": "お世話になっております。昨日からログイン画面が表示されません。",
    "ko": "안녕하세요, 어제부터 로그인이 되지 않습니다.",
    "ar": "مرحبا، لا أستطيع تسجيل الدخول إلى حسابي",
    "fa": "سلام، نمی‌توانم وارد حساب کاربری خود شوم، چرا؟ گفتم پول چند",
    "th": "สวัสดีครับ ผมเข้าสู่ระบบไม่ได้",
    "el": "Γεια σας, δεν μπορώ να συνδεθώ",
    "he": "שלום, אני לא מצליח להתחבר",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=TEXTS.keys())
def test_a_sentence_is_enough(language: str, text: str) -> None:
    assert detect(text) == language


SHORT = {
    "login problem, please help": "en",
    "Problem mit der Anmeldung": "de",
    "无法登录": "zh-Hans",
    "無法登入": "zh-Hant",
    "登录 iPhone 15 Pro Max 时出现错误提示": "zh-Hans",
    "ログイン": "ja",
    "12345": "",
    "": "",
    "ann@example.com https://www.example.com/de/und/nicht": "",
    "👍": "",
    "Bob Müller": "",
}


@pytest.mark.parametrize(("text", "language"), SHORT.items())
def test_little_text_gives_a_careful_answer(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", [TEXTS["en"] * 40, TEXTS["zh-Hans"] * 100, TEXTS["vi"] * 40, "a" * 2000])
def test_two_kilobytes_cost_a_fraction_of_a_millisecond(text: str) -> None:
    took = []
    for _ in range(20):
        began = time.process_time()
        detect(text[:2000])
        took.append(time.process_time() - began)
    assert min(took) < 0.001


def test_a_mail_is_written_in_the_nearest_language_we_have() -> None:
    have = ("en", "zh-Hans", "de")
    assert mail_language("de", "en", have) == "de"
    assert mail_language("zh-Hant", "en", have) == "zh-Hans"
    assert mail_language("fr", "de", have) == "de"
    assert mail_language("", "", have) == "en"
