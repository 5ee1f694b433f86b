"""How people tell of a theft without calling it one: "my USDT is gone", "我没有转账，钱包空了".

A line is what stands near each other in a telling. `|` parts words of which one must be there, ` .. `
stands for a few words between, ` & ` joins what may stand in either order, and `*` is any ending.
`{thing}` is money. What is indented belongs to the line above. Written without accents, apostrophes and
signs, as they are folded; traditional characters are read as simplified ones. They were made with the
`made_with` tellings of tests/desk/thefts_told.json; docs/triage.md says how many they miss.
"""

TRADITIONAL = (
    "幣錢資產餘額變轉帳賬別個從見沒動認識這筆記錄詞網鏈維碼權馬"
    "凍結劃單誰裡裏發過時東給為無開點間們說對導顯陸機換應內總現業"
)
SIMPLIFIED = (
    "币钱资产余额变转账账别个从见没动认识这笔记录词网链维码权马"
    "冻结划单谁里里发过时东给为无开点间们说对导显陆机换应内总现业"
)

THING = """
money|funds|coin|coins|crypto|cryptos|cryptocurrency|token|tokens|nft|nfts|asset|assets|savings
|usdt|usdc|dai|busd|btc|bitcoin|bitcoins|eth|ether|ethereum|trx|bnb|sol|ada|xrp|doge|dogecoin|ltc
    |litecoin|matic|pol
|avax|ton|xmr|monero|shib
|币|钱|资产|余额|代币|资金|比特币
|geld|guthaben|krypto|kryptowahrungen|ersparnisse
|dinero|saldo|cripto|criptos|criptomonedas|monedas|fondos
|argent|fonds|solde|jetons
|dinheiro|moedas|fundos
|деньги|средства|монеты|крипта|баланс|биткоин|биткоины|токены
|お金|資産|残高|コイン|仮想通貨|ビットコイン
|돈*|코인*|자산*|잔액*|비트코인*
|param|paralarim|coinlerim|bakiyem|kriptom
|tien|coin|tai san|so du
"""

# What is a telling of theft whatever else is said.
SURE = """
wallet|account|balance .. emptied|drained|cleaned out|wiped out|swept
emptied|emptying|cleaned out|wiped out .. my|our .. wallet|account|balance
emptying|draining .. my|our
{thing} .. wiped out|siphoned|swept
someone|somebody|stranger|unknown person|they|who .. took|moved|transferred|withdrew|emptied|taken .. my
    |our|all|everything
someone|somebody|stranger|unknown person|they|who .. sent|sending .. my|our|all my|everything .. {thing}
someone|somebody|stranger|unknown person|someone else .. access|been in|got into|logged in|logged into
    .. my|our
someone|somebody|they .. got my|got our|got all .. out
{thing} .. have been taken|has been taken|were taken|been taken .. wallet|account|from my|from our
{thing} .. left|leaves|leaving|going out|went out|gone out|flying out .. my wallet|our wallet|the wallet
    |my account|within|without
{thing} .. sent away|sent out|moved out|transferred out|taken out .. by someone|by somebody|to someone
    |within
{thing} .. sent|moved|transferred|left|went|out .. by itself|by themselves|on its own|automatically
    |without my|without me
{thing}|wallet .. transferred|sent|moved|taken|withdrawn .. without my|without our .. consent|knowledge
    |approval|doing|permission
{thing}|own .. was sent away|were sent away|sent away|sent out again
sent|send|moved|transferred|went|transfer|withdrawal|sent it .. unknown|strange .. address|wallet|account
address .. dont know|do not know|never seen|dont recogni*|do not recogni*|not recogni* & sent|moved
    |transfer*|went|everything|outgoing
transaction*|transfer*|withdrawal*|outgoing .. never made|not make|didnt make|dont recogni*
    |do not recogni*|not recogni*|not authori*|wasnt me|was not me|not me|not do|without my
did not|didnt|never .. make|made|authori*|approve*|initiate*|do .. this transaction|this transfer
    |this withdrawal|that transaction|that transfer|the transaction
never|did not|didnt .. approve*|authori*|ask for|send .. it|this|them & {thing} .. moved|sent|received
    |transferred|out
wasnt me|was not me|it wasnt me & transaction|transfer|withdrawal|freeze|sent|{thing}
transaction*|transfer*|withdrawal*|outgoing|{thing} .. which|that .. i did not|i didnt|i never
    |i have not .. initiate*|do|did|done|make|made|approve*|authori*|send|sent|sign*|confirm*|perform*
transaction*|transfer*|withdrawal*|moved|sent|left|gone|out & without my|without any|without me|without
    .. approval|permission|knowledge|consent|participation|authori*|doing|action
transaction*|transfer*|withdrawal*|outgoing|taken|moved & i did not|i didnt|i never .. initiate*
    |authori*|approve*
transaction*|transfer*|withdrawal* .. is not mine|was not mine|isnt mine|not from me|not by me
{thing} .. gone out|went elsewhere|goes elsewhere|sent elsewhere|transferred elsewhere|moved elsewhere
sent|transferred|moved|went|goes|taken|turned out & address|wallet|account .. not mine|isnt mine|no clue
    |do not know what|do not know who|dont know who|dont know what
no clue|do not know .. who|whose .. address|wallet & taken|sent|moved|transferred|out
another account|another wallet|other account|other wallet|bot .. has taken|took|takes|has moved
{thing} & did not|didnt|havent|have not|never .. do|done|sent|send|touch*|click* .. anything
all tokens|all coins|everything|whole balance|all the money|{thing} .. was moved|were moved|moved out
    |moved from & not online|offline|asleep|sleeping|was away|not at my
transfer*|transaction*|withdrawal*|{thing} & asleep|sleeping|not online|i was not at
touched nothing|not sent anything|didnt send anything|did not send anything|not done anything
    |didnt do anything|did nothing|never sent this|not transfer it|didnt transfer it|not send it & gone
    |missing|empty|zero|0|nothing|{thing}
clicked|airdrop|connected|approved|signed .. link|airdrop|site|website|dapp|contract|something & gone
    |zero|0|vanished|disappeared|sent away|empty|lost
entered|gave|told|typed|sent .. 12 words|24 words|twelve words|my words|the words & gone|zero|0|left
    |vanished|disappeared|empty|lost
put|deposit|send|add .. {thing} & immediately|within seconds|instantly|right away .. sent|gone|taken|out
whenever|every time|any .. {thing} .. sent out|sent away|taken|gone
lost all my|lost all our|lost all of my .. {thing} & after|click*|connect*|dapp|link|site
why did you|why have you|who .. send|sent|move|moved|take|taken .. my .. {thing}
please freeze|please block|can you freeze .. transaction|transfer|address|wallet
被 .. 转走|转出|提走|划走|清空|转移走|转光|提光|洗劫
被别人|被人|被陌生 .. 转|提|拿
有人|别人|他人|陌生人|黑客 .. 转走|转出|提走|拿走|动了|动过|转移了|登录了我|提了
被别人|被人|让人|给人|让别人|被谁|让人家 .. 弄走|搬空|偷|动了|拿走|转|弄没
搬空|一分不剩|一分不留
没|未 .. 操作 & 转账|转出|交易记录|币|钱|余额
是谁|谁 .. 干的|转的|操作的|转走|弄走
钱|币 .. 自己跑*|自己没*|自己走*
正在转|在转我|在转走|正在被转 .. 我|币|钱
授权|链接|群里|老师|客服|空投|网站|扫码 & 是 0|为 0|成 0
跑到|跑去|转进 .. 别人
一觉醒来|睡觉|睡着|早上起来|半夜|凌晨|昨晚 & 少了|没了|空了|转出|转账|不见
陌生设备|陌生人登录|异地登录
资产|余额|币 .. 在减少|变少|越来越少
一进来|一到账|一转进|刚到账|刚充 .. 被转|转走|转出|没了
未经我|没经过我|没有经过我|不经过我
转走了我|动了我的|登录了我的钱包
自动|莫名*|无故|一个个|立刻|立即 .. 转出*|转走*|转到*|往外转*|消失*|少了*|转给*
自动转*|自己转出*|自己转走*|不翼而飞*
不是我*|不是本人*|不是 .. 转*|操作*|做的*|提的*|弄的* & 转账|交易|转出|币|钱|余额|记录
转账|转出|交易|转走|转 & 不是我转*|不是我操作*|不是我做*|不是我本人*|不是本人*
没操作|没有操作|什么都没|什么也没|没动|没有动|没转过|没有转过|没有转账|没转账|没转|没点 & 没了|没有了
    |不见|消失|空了|全空|归零|变成零|变成0|少了|丢了|转出|转走
转到|转出|转给|转账|转走 .. 陌生|不认识
我不知道的转|不知道的转出|不认识的转
单词|助记词|网站|链接|二维码|授权|空投|扫码 & 没了|没有了|全没|都没|不见|归零|变成0|变成 0|变成零|空了
请冻结|帮忙冻结|马上冻结|立即冻结|赶紧冻结|请马上冻结|请帮忙冻结|请立即冻结
追回 & 转走|被转
leergeraumt|ausgeraumt|geplundert
jemand .. meine|mein|meinen|mir .. uberwiesen|geschickt|gesendet|transferiert|genommen|abgehoben
    |abgebucht|verschoben
transaktion|uberweisung|auszahlung|abbuchung .. nicht|nie .. gemacht|getatigt|veranlasst|autorisiert
    |ausgelost
nicht|nie .. diese transaktion|diese uberweisung|diese auszahlung|transaktion nicht|uberweisung nicht
    .. gemacht|getatigt|veranlasst
ich habe diese transaktion nicht|ich habe diese uberweisung nicht
unbekannte*|fremde* .. adresse|wallet & jemand|ohne mein*|verschwunden|weg
nichts|nicht .. uberwiesen|gesendet|geschickt|gemacht|getan & leer|weg|verschwunden
abgebucht|uberwiesen|gesendet|abgehoben|transaktion|uberweisung .. ich nicht|ich nie
ohne mein*|ohne meine* .. zustimmung|wissen|zutun|erlaubnis
me sacaron|me quitaron|me vaciaron
sin mi .. permiso|autorizacion|consentimiento|conocimiento
sans mon|sans ma .. accord|autorisation|permission|consentement|intervention
sem minha|sem meu|sem eu .. autorizacao|permissao|consentimento|conhecimento|fazer|saber
без моего|без моей|без мой .. ведома|согласия|участия|разрешения
списал*|вывел*|перевел*|отправил*|ушл* & не подтвержд*|не делал*|не совершал*|я не отправ*|ничего не
vaciaron|se llevaron .. mi|mis|billetera|cartera|todo|cuenta
alguien|ladron* .. transfirio|saco|envio|movio|retiro|vacio|llevo|mando|tomo .. mi|mis|todos|todo|la|{thing}
yo no|que no|nunca .. hice|realice|autorice & transferencia|transaccion|retiro|operacion|movimiento
no envie nada|no hice nada|no mande nada|no toque nada & vaci*|cero|desaparec*
direccion .. desconocida|no conozco|extrana & {thing} .. envi*|transf*|fue*|salieron
quelquun .. transfere|vide|envoye|pris|retire|sorti .. mon|mes|tout|le
transaction|virement|retrait|transfert .. pas|jamais .. fait|effectue|autorise
pas|jamais .. fait|effectue|autorise .. cette transaction|ce virement|ce retrait|ce transfert
rien envoye|rien fait|rien touche & vide|disparu*|zero
adresse .. inconnue|ne connais pas & envoye*|transfere*|parti*
alguem .. tirou|transferiu|enviou|mandou|esvaziou|sacou|moveu|levou .. meu|meus|minha|minhas|todos|tudo|o|a
nao fiz|nao realizei|nao autorizei|nunca fiz .. essa|esta|esse|este|aquela|a .. transferencia|transacao
    |saque|operacao
nao enviei nada|nao fiz nada|nao mexi & vazia|zerad*|sumi*|desaparec*
кто то|неизвестн* .. вывел*|перевел*|отправил*|снял*|забрал* .. мои|мой|все|деньги|средства|с моего|{thing}
я|ничего .. не делал*|не совершал*|не отправлял*|не переводил*|не выводил* & этот перевод|эту транзакцию
    |ушли|пусто*|исчезли|пропали|перевода|этого
勝手に .. 送*|出金*|移*|引き*
送金した覚え|送った覚え|出金した覚え|送金した覚えは* & ありません*|ない*|ゼロ*|送金*
知らない|見知らぬ|不明な .. アドレス* .. 送*|出金*|移*
自分で|自分は|私は .. 送っていない*|送ってない*|していない* & 消え*|なくな*|送*|出金*
誰かに|誰かが .. 送*|移*|取*|抜*
身に覚え*|覚えの無い*|覚えのない*|許可なく*
허락|동의|승인 .. 없이*
iznim|haberim|bilgim|onayim .. olmadan|disinda
보낸 적*|보내지 않*|출금한 적*|송금한 적* & 출금*|송금*|비어*|사라*|없어*|나갔*|지갑*|코인*
누가|누군가* .. 보냈*|출금*|빼*|옮*|가져*
모르는 .. 주소*|지갑* .. 보냈*|출금*|송금*|갔*
birisi|biri|birileri .. gondermis|gonderdi|cekti|cekmis|bosalt*|aldi|almis|aktardi|aktarmis
ben|islemi|transferi .. yapmadim|gondermedim|onaylamadim|cekmedim & islem*|transfer*|cuzdan*|bos*|kaybol*
bi rut sach|bi rut het|bi chuyen di|bi chuyen het|bi lay het
co nguoi|ai do .. chuyen het|rut het|lay het|rut sach|da chuyen .. cua toi|tien|usdt
toi khong thuc hien|khong phai toi|khong phai do toi & giao dich|chuyen|rut
khong chuyen gi|khong lam gi & het sach|mat|trong|bien mat
"""

# What tells of a theft unless something of HARMLESS is said as well: then the money is only not shown,
# or on its way.
LIKELY = """
my|our|all|every|the .. {thing} .. gone|vanished|disappeared|missing|nothing left
balance|wallet .. from .. to 0|to zero
balance|wallet|account .. is 0|is zero|is empty|shows 0|went to 0|went to zero|suddenly 0|nothing left
lost|lose .. {thing}
{thing} .. taken out|withdrawn|transferred to another|sent to another|transferred to some|sent to some
    |moved to another
was|were|been|got|immediately|automatically .. transferred|moved|sent|withdrawn .. another|some|unknown
    |other|somebody .. address|wallet|account
everything .. wallet .. gone|vanished|disappeared
nothing left|nothing is left & yesterday|wallet|app & {thing}
{thing}|u|usdt .. 没了|没有了|不见了|不见|消失了|丢了|全没|空了|被清|归零*|变成零*|变成了零|变成0|变为零
    |少了一
少了 .. {thing}
{thing}|账 .. 转到|转给|转去|进了 .. 别人
余额|钱包 .. 归零|变成|空了|全空|全没了|清零
geld|coins|bitcoin*|guthaben|krypto*|token|usdt|alles .. weg|verschwunden
wallet|konto .. leer
{thing} .. desaparec*|se fue|se fueron|esfum*
billetera|cartera|wallet .. vacia|vaci*
{thing}|cryptos .. disparu*|envole*
portefeuille|wallet .. est vide
{thing} .. sumi*|desaparec*
carteira|conta .. vazia|zerada
{thing} .. пропал*|исчез*
пропал*|исчез* .. {thing}
кошел* .. пуст*
с моего кошелька ушл*|ушли деньги|деньги ушли
お金*|資産*|残高*|コイン*|仮想通貨*|usdt|ビットコイン*|ウォレット* .. なくなり*|無くなり*|消え*|ゼロ*|空に*
{thing}|지갑*|usdt .. 사라*|없어*|비어*|빠져나*
cuzdan*|para*|bakiye*|coin*|usdt* .. kayboldu|yok oldu|bos*|bosalmis
tien|coin|tai san|vi|usdt .. bien mat|het sach|mat het
"""

HARMLESS = """
update|updated|updating|upgrade|upgraded|new phone|new device|reinstall*|import*|restore*|restoring
    |display*|explorer
list|price|chart|deleted|delete|swap|bridge|exchange|deposit|withdrawal|pending|refund|arrive*|received
    |network|version
bought|buy|staking|order|phone|password|passwords|phrase|device|by mistake|wrong|show|shows|shown
    |showing|not see|receive|successfully
更新*|升级*|新手机*|换手机*|换了*|重装*|导入*|显示*|浏览器*|到账*|收到*|提现*|提币*|充值*|兑换*|快递*
    |质押*|网络*|看不到*|交易所*|卸载*|删了*|转错*|不小心*|显示*
nach dem update|aktualisierung|angezeigt|anzeige|importier*|neues handy|liste|einzahlung|auszahlung
actualiz*|pantalla|importar|lista|deposito|retiro|telefono nuevo
mise a jour|affiche*|importer|liste|nouveau telephone|depot|retrait
atualiz*|mostra|aparece|importar|celular novo|saque
обновлен*|показывает|отображ*|импорт*|новый телефон|вывод*|биржа|биржи
アップデート*|更新*|表示*|機種変更*|インポート*|出金*|入金*
업데이트*|표시*|설치*|새 폰*|입금*
guncelle*|gorun*|yeni telefon*|yukle*
cap nhat|hien thi|dien thoai moi|nap
"""
