"""In which domains anybody can have an address."""

from each_case import each

from intake.desk import ceilings
from intake.desk.public_mail import is_public

PUBLIC_DOMAINS = """
    gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.co.uk live.com live.nl
    msn.com yahoo.com yahoo.co.jp yahoo.com.br yahoo.de ymail.com icloud.com me.com aol.com
    proton.me protonmail.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de
    qq.com vip.qq.com foxmail.com 163.com 126.com yeah.net sina.com sohu.com 139.com aliyun.com
    naver.com daum.net mail.ru bk.ru yandex.ru ya.ru rambler.ru ukr.net orange.fr free.fr
    laposte.net libero.it uol.com.br seznam.cz wp.pl docomo.ne.jp softbank.ne.jp i.softbank.jp
"""
OWN_DOMAINS = """
    customer.example mail.customer.example desk.example yahoo.customer.example live.example.com
    gmx.example gmail.example notgmail.com gmail.com.evil.example yahoo.com.evil.example
    outlook.office.com microsoft.com google.com qq.example live hotmail com yahoo-inc.com
    mail.com.example apple.com bbc.co.uk
"""


@each("domain", PUBLIC_DOMAINS.split())
def test_a_public_provider_is_nobodys_own(domain: str) -> None:
    assert is_public(domain)


@each("domain", [*OWN_DOMAINS.split(), ""])
def test_a_domain_that_somebody_has_is_theirs(domain: str) -> None:
    assert not is_public(domain)


def test_whoever_brings_several_spellings_to_one_mailbox_is_public() -> None:
    assert all(map(is_public, ceilings._IGNORED))
