"""Private first lines that name no colleague and no group, as agents in a hurry write them."""

import pytest
from factories import ANNA, LIN, WEI

from intake.desk.commands.asides import Circle, aside
from intake.desk.message import Address
from intake.desk.ticket import Agent

MING = Agent(3, "陳阿明", "aming@staff.example", ("security",))
LAN = Agent(4, "Nguyễn Lan", "lan@staff.example")
CIRCLE = Circle((ANNA, WEI, MING, LAN), ("support", "billing"), ANNA, (LIN,))

NOT_TO_BE_TOLD = """
not for the customer: we broke it ourselves
do not forward this to the customer
bitte nicht an den Kunden weitergeben: wir haben es verbockt
Dem Kunden bitte nicht zeigen, das ist unser Fehler
À ne pas transmettre au client : c'est notre faute
No reenviar al cliente: fue culpa nuestra
Não encaminhar ao cliente: a culpa foi nossa
Клиенту не пересылать: это наша вина
お客様には転送しないでください：こちらのミスです
不要转发给客户：是我们自己的错
請勿轉寄給客戶：是我們的疏失
고객에게 전달하지 마세요: 저희 잘못입니다
Müşteriye iletmeyin: hata bizde
Đừng chuyển cho khách: lỗi của mình
Please keep this from the customer, stock is gone
Nicht für den Kunden: Fehler lag bei uns
Que no lo lea el cliente: perdimos su paquete
Que o cliente não saiba: perdemos a encomenda
Que le client ne le sache pas
Чтобы клиент не узнал: посылки нет
Не для клиента: мы потеряли посылку
お客様に知られないようにお願いします
고객 모르게 처리해 주세요
Müşteri bilmesin, paketi kaybettik
Đừng cho khách biết, mình làm mất hàng
"""
ANYBODY = """
Can somebody from billing look at this? I think he never paid.
Could anyone take this one? I am out.
Kann das mal jemand anders machen? Der geht mir auf die Nerven
Quelqu'un peut prendre ce client ? Il est insupportable
¿Alguien puede llevar este caso? La clienta es insoportable
Alguém pode assumir este? O cliente é muito chato
Ребята, кто возьмёт этого клиента? Он достал
Weiß jemand, was die Kundin will?
anyone free to grab this? customer is getting nasty
Übernimmt das jemand von euch? Kundin ist sauer
Qui s'en occupe ? Ce client m'énerve
誰かこの件お願いします。このお客さん、しつこくて困ってます
谁能接一下这个单？这客户太难缠了
誰可以處理一下這個客人？他很煩
누가 이 고객 좀 맡아 주세요, 너무 진상이에요
Bu müşteriyi biri alabilir mi? Çok sinir bozucu
Ai nhận khách này giúp với? Khó chịu quá
"""
AMONG_US = """
between us, this guy only wants a free month
Unter uns: das wird nichts
Entre nous, elle raconte n'importe quoi
Off the record: we will lose this one
Intern bitte: keine Erstattung an den Herrn
Nota para a equipa: não pagar
Ekibe not: ödeme yapmayın
内部消息，别退款给他
İç not: para iadesi yapmayın
内部メモ 返金しないこと
Mal unter uns, der will nur Geld
Só entre nós, ela inventou tudo
Entre nosotros, no le van a pagar
Cá entre nós, ela não vai pagar
Между нами, он ничего не получит
ここだけの話ですが、返金はされません
"""
HAILED = """
FWIW this client has done this before
fyi he lies
Les collègues, ce client est un menteur
Malta, o cliente está a mentir
Oye Wei, este cliente miente, ¿lo miras?
老陳看下这个客户，是骗子
Chị Lan xem giúp em, khách này nói dối
team fyi she is lying about the photo
Pour info l'équipe : ce client triche
Para el equipo: este cliente nos está estafando
Для команды: клиент врёт
給團隊：這個客人在騙人
社内共有：このお客様は要注意です
팀 공유: 이 고객 거짓말해요
内部看就行，他在撒谎
Коллеги, не возвращайте ему деньги
チームの皆さん、この客には返金しないで
팀장님, 이 고객 환불해 주지 마세요
참고로 이 고객은 사기꾼입니다
Arkadaşlar, bu müşteriye para iadesi yapmayın
Mọi người ơi, đừng hoàn tiền cho khách này
Achtung Kollegen! Diese Frau droht mit Klage
Atenção equipa, esta cliente já fez dois estornos
阿明，這個案子你接一下，客人很煩
Lan ơi, em xem giúp chị khách này nhé, phiền quá
"""
# The same words to a customer.
TO_CUSTOMERS = """
Can somebody be at home when the parcel comes?
Could anyone in your household have changed the password?
Can someone take the parcel for you?
Kann das Paket jemand anders annehmen?
Kann das an Ihrem Konto jemand gemacht haben?
Quelqu'un peut prendre le colis à votre place ?
¿Alguien puede tomar el paquete por usted?
Alguém pode assumir a entrega no seu lugar?
Кто возьмёт посылку, решаете вы.
谁能帮您接收验证码？
誰かお受け取りいただける方はいらっしゃいますか
Please do not forward this code to anybody.
Bitte leiten Sie die Nummer nicht weiter.
Ne transmettez ce code à personne.
No reenvíe este código a nadie.
Não encaminhe este código a ninguém.
Никому не пересылайте код.
このコードは誰にも転送しないでください。
请勿转发验证码给他人。
이 코드를 다른 사람에게 전달하지 마세요.
Bu kodu kimseye iletmeyin.
Đừng chuyển mã này cho ai.
The contract between us and you ends in May.
Unter uns finden Sie immer jemanden, der hilft.
Entre nous et vous, le contrat prend fin en mai.
Please note: the exchange needs up to 24 hours.
FYI your refund left today.
Chị Hoa ơi, em gửi chị mã đơn.
小心，诈骗电话很多。
Team: 5 €
Para el equipo: 10 € al mes, con cinco usuarios
Für das Team: 5 Lizenzen
Für den Kunden gibt es eine App.
Qui s'occupe de la livraison chez vous ?
Your customer should not see this page.
Attention, votre abonnement se termine demain.
Achtung, morgen wird gewartet.
팀장님, 안녕하세요. 환불은 내일 처리됩니다.
참고로 환불은 3일이 걸립니다.
Mọi người ơi, cảm ơn đã chờ.
皆さん、お待たせしました。
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("kind", [NOT_TO_BE_TOLD, ANYBODY, AMONG_US, HAILED])
def test_a_first_line_that_only_colleagues_write_holds_the_answer(kind: str) -> None:
    assert [] == [line for line in lines(kind) if not aside(f"{line}\n\nAs you see.", CIRCLE)]


def test_the_same_words_to_a_customer_go_out() -> None:
    assert [] == [line for line in lines(TO_CUSTOMERS) if aside(f"{line}\n\nBest regards", CIRCLE)]


def test_a_given_name_that_the_customer_has_too_or_that_is_greeted_politely_is_theirs() -> None:
    theirs = Circle(CIRCLE.agents, (), ANNA, (Address("x@customer.example", "李阿明"),))
    assert "" == aside("阿明，已经好了", theirs)
    assert "" == aside("阿明，您好", CIRCLE)


def test_what_is_not_to_be_told_holds_further_down_too() -> None:
    missing = [
        line
        for line in lines(NOT_TO_BE_TOLD)
        if not aside(f"Dear Lin,\nit is paid.\nBest regards\n{line}", CIRCLE)
    ]
    assert [] == missing
