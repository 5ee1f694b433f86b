"""Domains in which anybody can have an address: those of the public mail providers. Pure.

That two addresses are of one such domain says nothing of whether they are one person's, or of one house.
"""

# Of providers with one domain in many countries, see below.
_LIST = """
    gmail.com googlemail.com icloud.com me.com mac.com privaterelay.appleid.com passport.com
    windowslive.com aol.com aim.com aol.de aol.fr aol.co.uk ymail.com rocketmail.com myyahoo.com
proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tutamail.com
    tuta.com tuta.io keemail.me posteo.de posteo.net mailbox.org mailfence.com disroot.org riseup.net
    runbox.com startmail.com hushmail.com hey.com duck.com zoho.com zohomail.com zohomail.eu mail.com
    email.com usa.com fastmail.com fastmail.fm fastmail.net fastmail.org web.de freenet.de t-online.de
    arcor.de online.de email.de mail.de vodafone.de kabelmail.de o2online.de bluewin.ch hispeed.ch
    sunrise.ch aon.at chello.at a1.net orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr
    numericable.fr bbox.fr skynet.be telenet.be proximus.be libero.it virgilio.it tiscali.it alice.it
    tim.it tin.it inwind.it iol.it email.it telefonica.net terra.es sapo.pt uol.com.br bol.com.br
    terra.com.br ig.com.br globo.com globomail.com r7.com zipmail.com.br ziggo.nl kpnmail.nl planet.nl
    home.nl xs4all.nl hetnet.nl upcmail.nl telia.com comhem.se bredband.net online.no tele2.se spray.se
    suomi24.fi luukku.com kolumbus.fi wp.pl o2.pl onet.pl onet.eu op.pl poczta.onet.pl interia.pl
    interia.eu gazeta.pl tlen.pl vp.pl poczta.fm seznam.cz email.cz post.cz centrum.cz volny.cz atlas.cz
    azet.sk zoznam.sk centrum.sk post.sk freemail.hu citromail.hu indamail.hu abv.bg mail.bg dir.bg
    inbox.lv inbox.lt one.lt mail.ee mail.ru inbox.ru list.ru bk.ru internet.ru xmail.ru rambler.ru
    lenta.ru autorambler.ru myrambler.ru ro.ru yandex.ru yandex.com yandex.by yandex.kz yandex.ua
    yandex.com.tr ya.ru narod.ru ukr.net i.ua meta.ua bigmir.net tut.by qq.com vip.qq.com foxmail.com
    163.com vip.163.com 126.com vip.126.com yeah.net 188.com sina.com sina.cn vip.sina.com sohu.com
    vip.sohu.com tom.com 139.com 189.cn wo.cn 21cn.com 263.net aliyun.com hinet.net pchome.com.tw
    seed.net.tw netvigator.com naver.com hanmail.net daum.net nate.com kakao.com docomo.ne.jp
    ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp ymobile.ne.jp rakuten.jp nifty.com biglobe.ne.jp
    excite.co.jp goo.jp ocn.ne.jp so-net.ne.jp rediffmail.com sify.com indiatimes.com bsnl.in fpt.vn
    vnn.vn walla.co.il walla.com mynet.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net
    cox.net charter.net earthlink.net juno.com netzero.net optonline.net roadrunner.com rogers.com
    shaw.ca sympatico.ca bell.net telus.net videotron.ca btinternet.com btopenworld.com virginmedia.com
    ntlworld.com sky.com talktalk.net blueyonder.co.uk tiscali.co.uk bigpond.com bigpond.net.au
    optusnet.com.au iinet.net.au xtra.co.nz webmail.co.za mweb.co.za mailinator.com guerrillamail.com
    yopmail.com
"""
_DOMAINS = frozenset(_LIST.split())
# hotmail.de, yahoo.co.jp, gmx.at, live.com.mx: the name before the country.
_NAMES = frozenset(("yahoo", "hotmail", "outlook", "live", "msn", "gmx", "ymail"))
# What may stand behind such a name: "com", "de", "co.uk", "com.br".
_SECOND = frozenset(("co", "com"))


def is_public(domain: str) -> bool:
    """Whether anybody can have an address in a domain (lower-cased), or below it: docomo has such."""
    labels = domain.split(".")
    if any(".".join(labels[at:]) in _DOMAINS for at in range(len(labels) - 1)):
        return True
    return any(label in _NAMES and _country(labels[at + 1 :]) for at, label in enumerate(labels[:-1]))


def _country(rest: list[str]) -> bool:
    if len(rest) == 1:
        return len(rest[0]) == 2 or rest[0] in ("com", "net")
    return len(rest) == 2 and rest[0] in _SECOND and len(rest[1]) == 2
