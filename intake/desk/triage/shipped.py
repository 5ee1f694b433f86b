"""The words that triage goes by where an admin wrote none: of theft and fraud, and of the shipped rules.

In the languages that Intake writes: English, both ways of Chinese, Japanese, Korean, German,
French, Spanish, Portuguese, Russian, Turkish and Vietnamese. A * stands for any ending.
"""

from collections.abc import Mapping

_SECURITY = """
stolen, steal, stole, theft, robbed, hacked, hacker*, hack, got hacked, phishing, phished, scam,
scammed, scammer*,
fraud, fraudulent, compromised, drained, unauthorized, unauthorised, malware, keylogger, ransomware,
blackmail*,
private key, private keys, seed phrase, recovery phrase, secret phrase, mnemonic, mnemonic phrase,
not me who,
didn't authorize, did not authorize, i did not make, without my permission, fake app, fake website,
impersonat*,
被盗, 盗走, 盗了, 盗币, 盗取, 被黑, 黑客, 钓鱼, 诈骗, 被骗, 骗子, 骗局, 私钥, 助记词, 假钱包, 假冒,
冒充, 木马, 勒索, 未经授权, 非本人, 不是我本人, 病毒,
被盜, 盜走, 盜了, 盜幣, 盜取, 被黑, 駭客, 釣魚, 詐騙, 被騙, 騙子, 騙局, 私鑰, 助記詞, 註記詞, 假錢包,
冒充, 木馬, 勒索, 未經授權, 非本人,
盗まれ, 盗難, 不正アクセス, 不正送金, 不正利用, 乗っ取, ハッキング, ハッカー, フィッシング, 詐欺,
秘密鍵, シードフレーズ, リカバリーフレーズ, 復元フレーズ, 偽サイト, 偽アプリ, なりすまし,
身に覚えのない,
도난, 도둑, 해킹, 해커, 피싱, 사기, 개인키, 개인 키, 비밀키, 시드 문구, 시드문구, 복구 문구, 니모닉,
무단, 탈취, 사칭,
gestohlen*, gestohlenen, diebstahl, gehackt, hackerangriff, phishing, betrug, betrüger*, betrogen,
privater schlüssel,
privaten schlüssel, private key, wiederherstellungsphrase, unbefugt*, nicht autorisiert*,
kompromittiert, erpress*,
volé, volés, volée, volées, voler, piraté, piratée, piratés, piratage, hameçonnage, arnaque*, arnaqué,
escroquerie*, fraude*,
clé privée, clés privées, phrase secrète, phrase de récupération, non autorisé*, compromis mon compte,
usurp*,
robado, robada, robados, robadas, robaron, robo, hackeado, hackeada, hackearon, pirateado, suplanta*,
estafa*, fraude*,
clave privada, claves privadas, frase semilla, frase de recuperación, no autorizad*, phishing,
roubado, roubada, roubados, roubaram, roubo, furto, hackeado, hackeada, invadiram, golpe, golpista*,
fraude*, burla*,
chave privada, chaves privadas, frase-semente, frase de recuperação, não autorizad*, falsific*,
украли, украл*, украден*, кража, кражу, кражи, взлом*, хакер*, фишинг*, мошенник*, мошеннич*, обманули,
приватный ключ,
приватного ключа, приватные ключи, закрытый ключ, сид-фраз*, сид фраз*, мнемоник*, несанкционирован*,
вымога*,
çalındı, çalınmış, çaldılar, çalınan, hırsız*, hacklendi, hacklenmiş, oltalama, dolandır*,
sahte uygulama, özel anahtar*,
gizli kelime*, kurtarma ifade*, yetkisiz, kimlik avı,
bị trộm, đánh cắp, bị hack, ăn cắp, mất cắp, hacker, lừa đảo, bị lừa, khóa riêng, khoá riêng,
khóa cá nhân,
cụm từ khôi phục, cụm từ bí mật, trái phép, giả mạo, tống tiền,
"""

SECURITY_WORDS: tuple[str, ...] = tuple(
    dict.fromkeys(" ".join(phrase.split()) for phrase in _SECURITY.split(",") if phrase.strip())
)

_TRANSACTION = """
transaction, transactions, tx hash, txid, txn, withdrawal*, withdraw, deposit, deposited, deposits,
transfer, transferred,
payment, payments, refund, refunded, charged, invoice, not arrived, not received, pending transaction,
gas fee, swap,
交易, 转账, 轉賬, 轉帳, 充值, 提现, 提現, 提币, 提幣, 充币, 到账, 到賬, 到帳, 没收到, 沒收到, 付款,
支付, 退款, 手续费, 手續費, 发票, 發票, 哈希,
取引, 送金, 入金, 出金, 着金, 支払, 返金, 手数料, 請求書, 거래, 송금, 입금, 출금, 결제, 환불, 수수료,
transaktion*, überweisung*, auszahlung*, einzahlung*, zahlung*, rückerstattung*, rechnung*, gebühr*,
virement*, retrait*, dépôt*, paiement*, remboursement*, facture*, frais, transacción*, transacciones,
transferencia*, retiro*,
depósito*, pago*, reembolso*, factura*, comisión*, transação, transações, transferência*, saque*,
pagamento*,
estorno*, fatura*, taxa*, транзакци*, перевод*, вывод*, депозит*, пополнен*, платеж*, оплат*, возврат*,
комисси*,
işlem*, havale*, transfer*, para çekme*, para yatırma*, ödeme*, iade*, fatura*, komisyon*,
giao dịch, chuyển khoản, chuyển tiền, rút tiền, nạp tiền, thanh toán, hoàn tiền, hóa đơn, phí gas,
"""
_ACCOUNT = """
account, accounts, password, passwords, passcode, login, log in, log-in, logged out, locked out,
sign in, signin, sign up,
register, registration, verification code, two-factor, 2fa, kyc, username, my profile,
delete my account, reset,
账号, 账户, 帐号, 帐户, 帳號, 帳戶, 賬號, 賬戶, 密码, 密碼, 登录, 登陆, 登錄, 登入, 注册, 註冊, 验证码,
驗證碼, 实名, 實名, 注销, 註銷, 绑定, 綁定,
アカウント, パスワード, ログイン, 登録, 認証コード, 本人確認, 退会, 계정, 비밀번호, 로그인, 회원가입,
인증번호, 인증 코드, 탈퇴,
konto*, benutzerkonto*, passwort*, kennwort*, anmelde*, anmeldung*, einloggen, registrier*, compte*,
mot de passe, connexion,
connecter, inscription*, cuenta*, contraseña*, iniciar sesión, registr*, conta, contas, senha*,
entrar na minha,
cadastro*, аккаунт*, учетн*, парол*, войти, вход, регистрац*, верификац*, hesabım*, hesap*, şifre*,
parola*, giriş yap*,
giriş*, kayıt*, tài khoản, mật khẩu, đăng nhập, đăng ký, mã xác minh, mã xác nhận,
"""
_TECHNICAL = """
error, errors, error message, bug, bugs, crash, crashes, crashed, crashing, freezes, frozen,
not working, doesn't work,
does not work, won't open, broken, blank screen, white screen, update, upgrade, install, installation,
sync, not loading,
slow, stuck, failed to load, connect, api, sdk, timeout,
报错, 錯誤, 错误, 闪退, 閃退, 崩溃, 崩潰, 打不开, 打不開, 卡住, 卡死, 白屏, 黑屏, 无法使用, 無法使用,
不能用, 更新, 升级, 升級, 安装, 安裝, 同步, 加载, 載入, 故障, 连不上,
エラー, 不具合, バグ, クラッシュ, 落ちる, 動かない, 開かない, 固まる, 更新, インストール, 同期, 오류,
에러, 버그, 작동하지, 안 열, 멈춰, 업데이트, 설치, 동기화,
fehler*, absturz*, abgestürzt, stürzt, funktioniert nicht, geht nicht, lädt nicht, installier*,
aktualisier*,
erreur*, plante, bogue*, ne fonctionne pas, ne marche pas, mise à jour, installer, errores, fallo*,
falla*, no funciona,
se cierra, actualiz*, instalar, erro, erros, travando, trava*, não funciona, não abre, atualiz*,
ошибк*, вылетает, зависа*, не работает, не открывается, не загружается, обновлен*, установ*, сбой*,
hata*, çöküyor, çalışmıyor, açılmıyor, donuyor, güncelle*, yükle*, kurulum*,
lỗi, bị treo, không hoạt động, không mở được, không tải, cập nhật, cài đặt, đồng bộ,
"""


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip(",")


# The shipped rules, in the words of the config: what stands in it below [rule NAME].
SHIPPED_RULES: Mapping[str, Mapping[str, str]] = {
    "details": {"capture": "eth_address, btc_address, tron_address, tx_hash, version"},
    "transaction": {"text": _line(_TRANSACTION), "category": "transaction"},
    "account": {"text": _line(_ACCOUNT), "category": "account"},
    "technical": {"text": _line(_TECHNICAL), "category": "technical"},
}
