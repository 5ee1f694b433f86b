"""Frequent words of languages that no mail of ours is written in, so that none is taken for its neighbour.

Those that a neighbour of ours shares stand here as well: what tells them apart is the rest.
"""

# In Latin letters, with what they share with English, French, German, Spanish and our others.
LATIN = {
    "it": "il gli le la e è una un non con per che mio mia ciao grazie saluti di del della sono buongiorno "
    "ma quando ho come posso si nel anche più questo alla salve cordiali aiuto ieri saldo conto "
    "soldi inviato ricevuto rete sbagliata password codice funziona risposta indirizzo portafoglio "
    "ancora niente perché errore i lo da mi sul al ha a in se o ne dal mie miei vi ci",
    "nl": "de het een en is niet ik u met voor op van dat mijn wij we hallo bedankt groeten kan maar bij "
    "naar zijn heb geen nog wel beste hoe er deze aan ook vriendelijke graag hulp gisteren saldo "
    "geld verstuurd ontvangen netwerk verkeerde wachtwoord werkt antwoord adres waarom wanneer",
    "pl": "i w nie jest się na z do że to mam jak proszę dziękuję dzień dobry czy ale mój moje dla po od "
    "przy może pozdrawiam witam bardzo mogę już konto o pomoc wczoraj saldo pieniądze wysłałem sieć "
    "hasło działa odpowiedź dlaczego kiedy portfel",
    "ro": "și si la de în in nu am un o cu pe este sunt mi mea meu mei ce că ca din pentru bună buna ziua "
    "salut mulțumesc multumesc vă va rog contul cont bani banii portofel portofelul parola adresa "
    "rețea reteaua rețeaua greșită gresita trimis primit ajutor ajutați ajutati aplicația aplicatia "
    "funcționează functioneaza nici mai când cand unde cum ieri azi răspuns soldul sold tranzacția "
    "pot intra dar sau al ale lui fost fi îmi imi nimic eroare autentificare codul se nostru",
    "ca": "el la els les i és una un no amb per que em meu meva meus hola gràcies gracies bon dia del dels "
    "de al als si us plau però quan està estic tinc com vull ajuda ahir avui on qui saldo compte "
    "diners enviat rebut xarxa equivocada contrasenya codi funciona arriba resposta adreça encara "
    "res puc entrar moneder cartera va he ha són molt més aquest aquesta perquè ens vostre "
    "salutacions des sense també error aplicació tancar tanca",
    "gl": "o a os as e é unha un non con para por que meu miña meus ola grazas graciñas bos días de do da "
    "dos das no na nos nas en mais cando está estou teño como moi ao facer podo axuda onte hoxe onde "
    "porque saldo conta diñeiro enviei enviado recibín rede errada equivocada contrasinal código "
    "funciona chega chegou resposta enderezo aínda nada entrar carteira me se foi ten unhas pero "
    "agardo saúdos fago pechase aplicación erro moitas xa están segue dende soa transacción cartos",
    "oc": "lo la los las e es una un non pas amb per que mon ma mos adiu bonjorn mercés plan del de dins "
    "mas quand soi ai coma pòdi ajuda ièr uèi ont compte argent mandat recebut encara ren",
    "da": "og er det en et ikke jeg med på til af som har den der for hej tak venlig hilsen min mit mine "
    "kan men fra ved hjælp i går dag hvorfor hvornår hvor penge konto adgangskode netværk forkert "
    "sendt modtaget virker svar adresse tegnebog saldo hvordan mig du vi jer ind logge blevet nogen",
    "no": "og er det en et ikke jeg med på til av som har den der for hei takk vennlig hilsen min mitt "
    "mine kan men fra ved hjelp i går dag hvorfor når hvor penger konto passord nettverk feil sendt "
    "mottatt virker fungerer svar adresse lommebok saldo hvordan meg du vi dere inn logge blitt noen",
    "sv": "och är det en ett inte jag med på till av som har den där för hej tack vänliga hälsningar min "
    "mitt mina kan men från vid hjälp igår idag varför när var pengar konto lösenord nätverk fel "
    "skickat skickade mottagit fungerar svar adress plånbok saldo hur mig du vi ni logga blivit "
    "någon i god morgon snälla appen kommer",
    "fi": "ja on ei en se että minun minä olen mutta kun kuin hei kiitos terveisin miksi milloin missä "
    "mikä voi voin voitteko apua auttakaa eilen tänään rahat rahaa tili tilini tilille salasana "
    "verkko väärään lähetin saanut toimi toimii vastaus osoite lompakko lompakkoni saldo sovellus "
    "kirjautua sisään mitä vielä ole pääse tai jos hyvää päivää",
    "cs": "a je na se že to do ne není jsem mi mé mám můj moje jak prosím děkuji děkuju dobrý den ale pro "
    "po od při může mohu nemohu už o pomoc pomozte včera dnes peníze účet účtu heslo síť špatnou "
    "poslal přišly odpověď adresa peněženka peněženky zůstatek proč kdy kde nefunguje funguje chyba "
    "jsou byl bylo nebo jen ještě které pozdravem přihlásit aplikace dostal kód",
    "sk": "a je na sa že to do nie som mi moje mám môj ako prosím ďakujem dobrý deň ale pre po od pri môže "
    "môžem nemôžem už o pomoc pomôžte včera dnes peniaze účet účtu heslo sieť nesprávnu poslal "
    "prišli odpoveď adresa peňaženka peňaženky zostatok prečo kedy kde nefunguje funguje chyba sú "
    "bol bolo alebo len ešte ktoré pozdravom prihlásiť aplikácia dostal kód",
    "sl": "in je na se da to do ne ni sem mi moje imam moj kako prosim hvala dober dan lepo pozdravljeni "
    "ali za po od pri lahko morem že o pomoč pomagajte včeraj danes denar račun računa geslo omrežje "
    "napačno poslal prispel odgovor naslov denarnica denarnice stanje zakaj kdaj kje deluje napaka "
    "so bil bilo samo še kateri pozdravom prijaviti aplikacija dobil koda",
    "hr": "i je na se da to iz u do ne nije sam mi moje imam moj kako molim hvala dobar dan pozdrav "
    "poštovani zdravo ali za po od pri mogu može već o pomoć pomozite jučer juče danas novac račun "
    "lozinka mreža mrežu pogrešnu krivu poslao stigao odgovor adresa novčanik novčanika stanje zašto "
    "kada gdje gde radi greška su bio bilo ili samo još koji prijaviti ući aplikacija dobio kod kao",
    "hu": "a az és nem van hogy egy is de ez meg mert vagy kérem köszönöm üdvözlettel jó napot kívánok "
    "szia tisztelt segítség segítsenek segíteni tegnap ma pénz pénzem számla fiók fiókomba jelszó "
    "hálózat hálózatra rossz küldtem érkezett válasz cím pénztárca pénztárcám egyenleg miért mikor "
    "hol működik hiba volt már még csak nekem én tudok belépni alkalmazás kapok kód",
    "lt": "ir yra ne kad tai su iš į man mano aš kaip prašau ačiū laba diena labas sveiki bet dėl po nuo "
    "prie gali galiu negaliu jau apie pagalba padėkite vakar šiandien pinigai sąskaita slaptažodis "
    "tinklas išsiunčiau gavau atsakymas adresas piniginė piniginę likutis kodėl kada kur neveikia "
    "veikia klaida buvo arba tik dar prisijungti programėlė kodas",
    "lv": "un ir nav ka tas ar no uz man mans es kā lūdzu paldies labdien sveiki bet par pēc pie var varu "
    "nevaru jau palīdzība palīdziet vakar šodien nauda konts konta parole tīkls nosūtīju saņēmu "
    "atbilde adrese maks maku atlikums kāpēc kad kur nedarbojas darbojas kļūda bija vai tikai vēl "
    "ielogoties lietotne kods ierakstīties",
    "et": "ja on ei see et ma mina minu kui mul palun aitäh tere päevast aga kas pärast juures saa saab "
    "abi aidake eile täna raha konto kontole parool võrk valesse saatsin saanud vastus aadress "
    "rahakott rahakotti jääk miks millal kus tööta töötab viga oli või ainult veel sisse logida "
    "rakendus kood",
    "sq": "dhe është nuk në një me për që unë ime e i të së si ju lutem faleminderit përshëndetje mirëdita "
    "por nga mund pse kur ku ndihmë dje sot para paratë llogaria fjalëkalimi rrjeti gabuar dërgova "
    "mora përgjigje adresa portofol portofoli gjendja punon gabim ishte ose vetëm akoma hyj kodi "
    "aplikacioni",
    "az": "və bir bu üçün ilə deyil var yox mən siz salam təşəkkür təşəkkürlər edirəm xahiş zəhmət amma "
    "necə çox daha kimi nə sonra hesabım hesabıma yaxşı niyə harada kod kömək edin pul pulum "
    "göndərdim aldım səhv şəbəkə şəbəkəyə şifrə şifrəmi pulqabı bilmirəm gəlmir gəlmədi işləmir "
    "cavab balans balansım görünmür tətbiq dünən bugün ki də ola",
    "uz": "va bir bu uchun bilan emas bor yo‘q yo'q yoq men siz salom assalomu alaykum rahmat iltimos "
    "lekin qanday juda nega qachon qayerda yordam bering pul pulim yubordim oldim xato tarmoq "
    "tarmoqqa parol parolni hamyon hamyonim hamyonimga kira kirolmayapman kelmadi ishlamayapti javob "
    "balans balansim ilova kecha bugun ham mening hisobim hisobimga olmayapman",
    "id": "dan di yang tidak saya ini itu dengan untuk dari ke ada bisa apa kami anda akan sudah belum "
    "terima kasih tolong mohon halo selamat pagi siang bagaimana kenapa kapan dimana mana uang akun "
    "dompet saldo kata sandi jaringan salah kirim mengirim terkirim masuk jawaban alamat aplikasi "
    "kemarin hari bantu bantuan tetapi tapi juga atau saat karena lagi hilang kode error pak min",
    "ms": "dan di yang tidak saya ini itu dengan untuk dari ke ada boleh apa kami anda akan sudah belum "
    "terima kasih tolong mohon hai selamat pagi bagaimana kenapa bila mana wang duit akaun dompet "
    "baki laluan rangkaian salah hantar menghantar masuk jawapan alamat aplikasi semalam hari bantu "
    "bantuan tetapi tapi juga atau kerana lagi hilang kod ralat tak",
    "tl": "ang ng sa na ko mga ay ako hindi po kung may mo ito para at naman ba lang yung pa siya kayo "
    "namin salamat maraming kumusta paano bakit kailan saan pera wallet tulong tulungan kahapon "
    "ngayon wala nawala maling nagpadala natanggap dumating sagot gumagana pumasok makapasok "
    "password pakiusap opo sana aking nyo ninyo",
    "sw": "na ya wa ni kwa katika la hii si mimi yangu kwenye habari asante tafadhali nimetuma pesa "
    "akaunti msaada nisaidie jana leo lini nini wapi haifanyi kazi nenosiri pochi salio jibu siwezi "
    "kuingia za cha bado sijapokea vibaya mtandao",
    "af": "die en is nie ek het van in vir met op te dit my asseblief dankie hallo goeie dag maar kan hoe "
    "hoekom wanneer waar geld rekening wagwoord netwerk verkeerde gestuur ontvang antwoord adres "
    "beursie help gister vandag werk nog geen wat jy ons julle",
    "eu": "eta da ez dut nire bat kaixo egun on eskerrik asko mesedez baina nola noiz non zergatik dirua "
    "kontua pasahitza sarea okerrera bidali jaso erantzuna helbidea zorroa saldoa laguntza atzo gaur "
    "du dira naiz ezin sartu behar dago oraindik aplikazioa",
    "is": "og er ekki ég að það í á með til sem mér minn mitt hæ góðan daginn takk fyrir en hvernig af "
    "hverju hvenær hvar peningar reikningur lykilorð rangt sendi fékk svar veski inneign hjálp gær "
    "get komist inn",
    "ga": "agus an na is ní níl tá mé mo le ar do ag dia duit go raibh maith agat cabhair airgead cuntas "
    "inné",
    "cy": "yr yn mae ddim nid fy ar gyda dw wedi helo diolch helpwch arian cyfrif cyfrinair ddoe pam pryd",
    "mt": "fil mhux ma għandi għal jien tiegħi bonġu grazzi jekk jogħġbok flus kont għajnuna ilbieraħ",
    "eo": "la kaj estas ne mi en de por kun mia saluton dankon bonvolu sed kiel kial kiam kie mono konto "
    "helpo hieraŭ",
    "ht": "mwen pa nan ak pou ou yo li se m te gen sa bonjou mèsi tanpri kont lajan kijan poukisa ki ede "
    "lè",
}  # fmt: skip

# In Cyrillic letters: Russian, and what must not be taken for it.
CYRILLIC = {
    "ru": "и в не на я с что по это как мне мой моя моё мои меня вас вы вам нам у из за от для если или но "
    "уже ещё еще нет где когда почему здравствуйте привет добрый день вечер спасибо пожалуйста "
    "помогите помощь деньги кошелёк кошелек кошельке перевод могу можно нужно была было были есть "
    "при после пришел пришли баланс приложение ответ ответьте адрес сеть сети вчера сегодня ошибка "
    "пароль войти до так все только он она они мы ты его её их к о об со во же ли бы быть чтобы свой "
    "счёт счет отправил отправила транзакция поступили приходит получил работает заработало прошу "
    "подскажите да",
    "uk": "і й в у не на я з що по це як мені мій моя моє мої мене вас ви вам із за від для якщо або але "
    "вже ще немає нема де коли чому вітаю привіт добрий доброго день дня дякую прошу будь ласка "
    "допоможіть допомога гроші гаманець гаманця гаманці переказ можу можна була було були є при "
    "після прийшли баланс додаток застосунок відповідь адреса мережа мережу вчора сьогодні помилка "
    "пароль увійти до так все тільки та він вона вони ми ти його їх щоб рахунок надіслав відправив "
    "кошти працює",
    "be": "і ў у не на я з што па гэта як мне мой мая маё мае мяне вас вы вам за ад для калі або але ужо "
    "яшчэ няма дзе чаму вітаю прывітанне добры дзень дзякуй ласка дапамажыце дапамога грошы кашалёк "
    "кашалька перавод магу можна была было былі ёсць пры пасля прыйшлі дадатак адказ адрас сетка "
    "сетку учора сёння памылка пароль увайсці да так усё толькі ён яна яны мы каб рахунак працуе",
    "bg": "и в във не на аз с със че по това как ми ме мен моя моят мое моите вас вие ви ни за от ако или "
    "но вече още няма къде кога защо здравейте здравей привет добър добро ден вечер благодаря моля "
    "помогнете помощ пари парите портфейл портфейла портфейлът превод мога може трябва беше бяха има "
    "при след баланс баланса приложението отговор адрес мрежа мрежата вчера днес грешка грешна "
    "парола паролата вляза да така всичко само той тя те ние се е са съм си ли ще сметка сметката "
    "изпратих изпратил получих пристигна работи който искам питам нека знам",
    "sr": "и у не на ја са што шта по то ово како ми мој моја моје мене вас ви вам из за од ако или али "
    "већ још нема где када зашто здраво поштовани добар дан хвала молим помозите помоћ новац новца "
    "новчаник новчаника могу може треба био била било има при после апликација одговор адреса мрежа "
    "мрежу јуче данас грешка погрешну лозинка уђем да тако све само он она они се је су сам ли ће "
    "рачун послао стигао добио ради",
    "mk": "и во не на јас со што по тоа ова како ми мој моја мое мене вас вие ви од за ако или но веќе "
    "уште нема каде кога зошто здраво почитувани добар ден благодарам молам помогнете помош пари "
    "парите паричник паричникот можам може треба беше има при после апликацијата одговор адреса "
    "мрежа вчера денес грешка погрешна лозинка влезам да така сè само тој таа тие ние се е сум си ли "
    "ќе сметка сметката испратив добив работи",
    "kk": "және мен менің сіз сізге жоқ бар қалай неге бұл үшін емес рахмет сәлеметсіз бе өтінемін "
    "көмектесіңіз ақша ақшам әмиян әмияным қашан қайда кеше бүгін қате құпиясөз кіре алмай жатырмын "
    "келмеді жұмыс баланс",
    "ky": "жана мен менин сиз сизге жок бар кантип эмне үчүн бул эмес рахмат саламатсызбы суранам жардам "
    "бериңиз акча акчам капчык качан кайда кечээ бүгүн ката сырсөз кире албай жатам келген иштебейт "
    "баланс",
    "mn": "ба би миний та танд байна байхгүй яагаад энэ тул биш баярлалаа сайн уу тусална тусалж мөнгө "
    "хэтэвч хэзээ хаана өчигдөр өнөөдөр алдаа нууц үг нэвтэрч чадахгүй ирээгүй ажиллахгүй нь юм "
    "надад",
    "tt": "һәм мин минем сез юк бар ничек нигә бу өчен түгел рәхмәт исәнмесез зинһар ярдәм итегез акча "
    "кайчан кая кичә бүген хата серсүз керә алмыйм килмәде эшләми",
    "tg": "ва ман мани шумо нест аст чаро ин барои не раҳмат салом лутфан кумак кунед пул пули ҳамён "
    "ҳамёни кай куҷо дирӯз имрӯз хато рамз даромада наметавонам наомад кор намекунад",
}  # fmt: skip
