"""Frequent words of our languages in Latin letters, of any text and of people who need help.

Chosen so that few languages share one; those shared count for each.
"""

WORDS = {
    "en": "the and is are you your not with this that have has had for from can could please my we it "
    "when what was were hello hi thank thanks thx regards dear i to of on how does do did cannot "
    "can't don't doesn't after been would need help any still yesterday today why where which "
    "working works work now sent send received receive wrong account balance opening open waiting "
    "answer reply password missing lost gone stuck pending update crashes crash phone error problem "
    "login address keys until again never nothing someone money withdraw call back see attached screenshot "
    "a in it by at or if but all our us they them their there these those about out up more just only "
    "than then some into over will its let get got one make made new use using used be",
    "de": "in der die das und ist nicht ich sie mit ein eine für auf den von zu wir haben habe bitte hallo "
    "danke grüße kann mein meine meinem meiner wie es bei im dem noch nach wird wurde sehr geehrte "
    "guten freundlichen leider an um seit gestern heute hilfe guthaben geld konto weg geht ging "
    "wieder wann warum wo fehler überweisung transaktion gesendet geschickt falsche falschen hängt "
    "stürzt schlüssel passwort kein keine keinen immer mehr schon aber oder was funktioniert "
    "angekommen auszahlung einzahlung anmelden anmeldung sich mir mich",
    "fr": "a le la les des et est une je vous ne pas avec pour dans sur que qui mon ma mes bonjour merci "
    "cordialement au du de ce cette nous votre mais plus peux pouvez suis j c n l d été il elle "
    "toujours problème en ça sa depuis hier aujourd'hui quand pourquoi comment où aide besoin svp "
    "solde compte argent envoyé envoyer reçu recevoir mauvais mauvaise mot passe bloqué bloquée "
    "marche perdu réponse adresse retrait application appli connecter erreur puis-je aurai rien "
    "encore aucun aucune fonctionne salut",
    "es": "a el la los las y es una un no con para por que mi mis su hola gracias saludos en del de puedo "
    "pero cuando está buenos días estoy muy tengo cómo ha desde quiero ustedes se lo me nos ayuda "
    "ayer hoy dónde quién saldo cuenta dinero envié enviado enviar recibido recibir recibí red "
    "equivocada equivocado contraseña clave código funciona llega llegó respuesta contestan "
    "dirección retiro billetera aplicación urgente favor ya todavía aún nada sola solo necesito "
    "perdí error problema entrar sesión puede pueden aparece",
    "pt": "o a os as e é uma um não com para por que meu minha meus você vocês olá oi obrigado obrigada "
    "em de do da dos das no na nos nas mas quando está bom dia estou tenho como muito ao fazer "
    "consigo atenciosamente ajuda preciso ajudem ontem hoje onde porque saldo conta dinheiro enviei "
    "enviado enviar recebi receber recebido rede errada errado senha código funciona funcionou "
    "chegou resposta endereço saque carteira aplicativo urgente favor ainda nada sozinho sumiu "
    "perdi erro problema entrar vou me se foi tem fecha",
    "tr": "ve bir bu için ile değil var yok mı mi ben siz merhaba teşekkürler teşekkür ederim lütfen ama "
    "nasıl çok daha olarak gibi ne kadar sonra hesabım iyi selamlar sayın selam zaman neden niye "
    "nerede kod kodu gelmedi gelmiyor yardım yardımcı edin eder misiniz lazım dün bugün bakiye "
    "bakiyem hesabıma para param gönderdim gönderdi aldım yanlış ağ ağa şifre şifremi cüzdan "
    "cüzdanım cüzdanıma giremiyorum görünmüyor çalışmıyor oldu olmadı cevap vereceksiniz uygulama "
    "kendi kendine kapanıyor sorun hata işlem hâlâ hala bekliyor bana",
    "vi": "và là của không có tôi bạn cho với được này trong xin chào cảm ơn một những khi nhưng để đã "
    "thể làm các vui lòng anh chị em giúp đỡ bị ví vào ra số dư tiền gửi nhận nhầm sang mạng khác "
    "rồi bao giờ trả lời mới ứng dụng liên tục mã sao hôm qua nay chưa vẫn lỗi mất biến tài khoản "
    "mật khẩu địa chỉ rút nạp ở đâu thế nào",
}
