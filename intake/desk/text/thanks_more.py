"""The words of thanks in Russian, Turkish and Vietnamese; see `thanks_words`."""

from intake.desk.text.thanks_words import words

RU = words(
    thanks="""
        спасибо, спасибо большое, большое спасибо, огромное спасибо, спасибо огромное, благодарю,
        благодарим, благодарен, благодарна, очень благодарен, очень благодарна, спс, спасибочки,
        благодарю вас, благодарим вас, искренне благодарю, от души благодарю, выражаю благодарность,
        хочу поблагодарить, хочу поблагодарить вас, хотел поблагодарить, хотела поблагодарить,
        хотел сказать спасибо, хотела сказать спасибо, вы лучшие, вы молодцы, вы супер, вы просто супер,
        признателен, признательна, очень признателен, очень признательна, спасибо вам, спасибо вам большое,
        дай бог вам здоровья, моя благодарность
    """,
    degrees="""
        ок, окей, хорошо, отлично, супер, понятно, понял, поняла, ясно, здорово, прекрасно, замечательно,
        ещё раз, еще раз, и, да, ой, о, очень, вам, большое, огромное, ура, всё понял, всё понятно,
        все понятно, все ясно, класс, снова, просто, тогда, искренне
    """,
    subjects="""
        всё, все, это, проблема, проблему, моя проблема, вопрос, мой вопрос, наш вопрос, деньги, возврат,
        заказ, посылка, посылку, аккаунт, приложение, платёж, платеж, доступ, теперь, уже, сейчас, и,
        наконец, я, мы, мне, мне очень, вы мне, вы, очень, вы очень, да, действительно, снова, опять, вход,
        доставка, оплата, код, у меня, наконец-то, вернули, товар, ура
    """,
    well="""
        работает, заработало, заработал, заработала, получилось, решено, решена, решён, решен, решили,
        исправлено, исправили, пришли, пришёл, пришел, пришла, пришло, дошло, получил, получила, получили,
        получил деньги, получила деньги, получил возврат, получил заказ, получила заказ, получил посылку,
        получила посылку, вернулись, вернулся, отлично, хорошо, в порядке, супер, прекрасно, помогло,
        помогли, очень помогли, помогло очень, доволен, довольна, очень доволен, очень довольна, устраивает,
        понятно, понял, поняла, ясно, отличная работа, отличный сервис, прекрасный сервис, хорошая работа,
        быстро, очень быстро, вопрос решён, вопрос решен, вопрос закрыт, проблема решена, разобрался,
        разобралась, открывается, вопросов больше нет, больше вопросов нет, нормально, восстановлен,
        восстановлено
    """,
    more="""
        большое, огромное, ещё раз, еще раз, вам, вам большое, всем, вам всем, тебе, вашей команде,
        всей команде, команде, и, от души, от всего сердца, искренне, очень, больше, ребята, коллеги,
        отлично, снова, хорошо, теперь, нормально, уже, и вам, вам огромное, преогромное
    """,
    heads="""
        за, за вашу, за ваш, за ваше, за всё, за все, за такую, за такой, за то что, и за, вас за, вам за,
        всем за, за ваши, вам большое за, за эту, за ту
    """,
    objects="""
        помощь, ответ, ответы, быстрый, быструю, быстрое, быстрые, оперативный, оперативную, оперативное,
        оперативность, подробный, подробную, развёрнутый, развернутый, поддержку, решение, проблемы,
        вопроса, внимание, информацию, разъяснение, разъяснения, пояснение, объяснение, терпение, понимание,
        работу, отличную, хорошую, прекрасную, труд, заботу, сервис, обслуживание, возврат, помогли, и,
        вашу, отклик, отзывчивость, скорость, реакцию, профессионализм, качественную, сотрудничество, совет,
        советы, подсказку, консультацию, участие, содействие, обратную связь, подтверждение,
        уделённое время, время, так быстро, быстро, в решении, неравнодушие, вежливость, доброту, моей,
        моего
    """,
    neutral="""
        ок, окей, хорошо, понял, поняла, понятно, ясно, принято, получил, получила, отлично, супер, да,
        здорово, прекрасно, хорошего дня, хорошего вам дня, всего хорошего, всего доброго, всего наилучшего,
        удачи, хороших выходных, доброго дня, до свидания, так держать, молодцы, успехов, успехов вам,
        удачи вам, можно закрывать, заявку можно закрыть, обращение можно закрыть, тикет можно закрыть,
        здоровья вам, с наступающим, ура, класс, хорошего вечера, отличного дня, мира и добра
    """,
    greetings="""
        здравствуйте, привет, добрый день, доброе утро, добрый вечер, доброго дня, доброго времени суток,
        уважаемый, уважаемая, уважаемые, дорогие, приветствую, день добрый, здравствуй
    """,
    closings="""
        с уважением, с наилучшими пожеланиями, с благодарностью, искренне ваш, искренне ваша,
        с искренним уважением, всего доброго, с почтением, ваш, ваша, с теплом
    """,
)

TR = words(
    thanks="""
        teşekkürler, teşekkür ederim, teşekkür ederiz, çok teşekkürler, çok teşekkür ederim,
        çok teşekkür ederiz, tesekkurler, tesekkur ederim, cok tesekkurler, cok tesekkur ederim, tşk,
        tşkler, sağolun, sağ olun, sağol, sağ ol, çok sağolun, çok sağ olun, eyvallah, minnettarım,
        müteşekkirim, teşekkürlerimi sunarım, teşekkürü borç bilirim, teşekkür etmek istedim,
        teşekkür etmek isterim, teşekkür etmek istiyorum, harikasınız, süpersiniz, bir numarasınız,
        allah razı olsun, emeğinize sağlık, elinize sağlık, ellerinize sağlık, sonsuz teşekkürler,
        tekrar teşekkürler, sizlere teşekkürler, size teşekkür ederim, sizlere teşekkür ederim
    """,
    degrees="""
        tamam, tamamdır, peki, harika, süper, mükemmel, çok, ve, tekrar, tekrardan, evet, oh, ah, gerçekten,
        çok çok, size, sizlere, hepinize, herkese, ekibinize, tüm ekibe, tüm ekibinize, anladım, anlaşıldı,
        güzel, için, ayrıca, ok, yardımınız için, yardımlarınız için, yardım için, desteğiniz için,
        destekleriniz için, ilginiz için, ilgi ve alakanız için, ilgi ve desteğiniz için, hızlı,
        hızlı cevabınız için, hızlı cevap için, hızlı yanıtınız için, hızlı dönüşünüz için,
        hızlı dönüş için, hızlı çözüm için, hızlı desteğiniz için, cevabınız için, cevap için,
        yanıtınız için, dönüşünüz için, geri dönüşünüz için, bilgi için, bilgilendirme için,
        bilgilendirmeniz için, açıklama için, açıklamanız için, sabrınız için, anlayışınız için,
        her şey için, çözüm için, emeğiniz için, emekleriniz için, zaman ayırdığınız için,
        yardımcı olduğunuz için, çözdüğünüz için, hemen çözdüğünüz için, sorunumu çözdüğünüz için,
        sorunu çözdüğünüz için, iade için, güler yüzünüz için, nazik, nazik ilginiz için,
        ilgilendiğiniz için, hızlı ilginiz için, yakın ilginiz için, bana yardımcı olduğunuz için,
        kısa sürede çözdüğünüz için
    """,
    subjects="""
        her şey, herşey, sorun, sorunum, sorunumuz, problem, problemim, sorun da, hesabım, siparişim, paket,
        paketim, kargo, kargom, para, param, para iadem, iade, iadem, ödeme, şimdi, artık, ve, hemen, gayet,
        çok, şu an, nihayet, evet, sonunda, işlem, uygulama, giriş, konu, tekrar, sorunsuz
    """,
    well="""
        çalışıyor, düzeldi, çözüldü, halloldu, çözülmüştür, tamamlandı, geldi, ulaştı, elime ulaştı,
        hesabıma geçti, yattı, aldım, teslim aldım, yolunda, sorunsuz çalışıyor, sorunsuz, güzel, harika,
        mükemmel, süper, iyi, çok iyi, memnunum, çok memnunum, çok memnun kaldım, memnun kaldım,
        memnun kaldık, yardımcı oldu, çok yardımcı oldunuz, yardımcı oldunuz, işe yaradı, işime yaradı,
        oldu, tamam, tamamdır, açıldı, hızlı, çok hızlı, başka sorum yok, giriş yapabildim,
        giriş yapabiliyorum
    """,
    more="""
        tekrar, tekrardan, çok, ve, size, sizlere, hepinize, herkese, arkadaşlar, hocam, ederim, ellerinize,
        iyi ki varsınız, iyi günler, iyi çalışmalar, kolay gelsin, şimdi, gerçekten
    """,
    heads="",
    objects="",
    neutral="""
        tamam, tamamdır, anladım, anlaşıldı, peki, ok, harika, süper, mükemmel, evet, aldım, güzel,
        iyi günler, iyi çalışmalar, kolay gelsin, iyi akşamlar, iyi haftalar, iyi hafta sonları,
        iyi günler dilerim, iyi günler dileriz, iyi çalışmalar dilerim, iyi çalışmalar dileriz,
        hayırlı günler, başarılar, başarılarınızın devamını dilerim, hoşça kalın, hoşçakalın,
        görüşmek üzere, iyi bayramlar, iyi seneler, bravo, helal olsun, iyi ki varsınız,
        talebi kapatabilirsiniz, kaydı kapatabilirsiniz
    """,
    greetings="""
        merhaba, merhabalar, selam, selamlar, iyi günler, günaydın, iyi akşamlar, sayın, sayın yetkili,
        sevgili, değerli, mrb, slm, selamun aleyküm
    """,
    closings="""
        saygılarımla, saygılar, saygılarımızla, sevgiler, sevgilerimle, iyi çalışmalar, iyi günler,
        selamlar, en iyi dileklerimle, hürmetler, kolay gelsin, iyi günler dilerim, iyi çalışmalar dilerim
    """,
)

VI = words(
    thanks="""
        cảm ơn, cám ơn, xin cảm ơn, xin cám ơn, cảm ơn nhiều, cám ơn nhiều, cảm ơn rất nhiều,
        chân thành cảm ơn, xin chân thành cảm ơn, trân trọng cảm ơn, thanks, tks, camon, cam on,
        cam on nhieu, rất biết ơn, biết ơn, em cảm ơn, mình cảm ơn, tôi cảm ơn, anh cảm ơn, chị cảm ơn,
        cháu cảm ơn, bên mình cảm ơn, chúng tôi cảm ơn, tôi xin cảm ơn, em xin cảm ơn, mình xin cảm ơn,
        tôi rất cảm ơn, mình rất cảm ơn, đa tạ, các bạn tuyệt vời, xin trân trọng cảm ơn
    """,
    degrees="""
        ok, oke, vâng, dạ, dạ vâng, được rồi, tốt quá, tuyệt, tuyệt vời, hay quá, rất, và, một lần nữa,
        lần nữa, ừ, à, hoàn hảo, mình hiểu rồi, tôi hiểu rồi, em hiểu rồi, hiểu rồi, thật sự, vậy thì,
        may quá, thật lòng
    """,
    subjects="""
        mọi thứ, tất cả, mọi việc, vấn đề, lỗi, sự cố, tài khoản, tài khoản của tôi, tài khoản của mình,
        đơn hàng, hàng, tiền, tiền hoàn, khoản hoàn tiền, ứng dụng, app, thẻ, giờ, bây giờ, hiện tại, đã,
        đều đã, đều, mình, tôi, em, anh, chị, cháu, đã được, mình đã, tôi đã, em đã, rất, thật, và, nay,
        vấn đề của tôi, vấn đề của mình, vấn đề của em, dịch vụ, hỗ trợ, thật sự, cuối cùng, vậy là, cũng
    """,
    well="""
        hoạt động, hoạt động tốt, hoạt động bình thường, hoạt động lại, hoạt động lại rồi, hoạt động rồi,
        dùng được rồi, đăng nhập được rồi, vào được rồi, được rồi, giải quyết, giải quyết rồi,
        giải quyết xong, được giải quyết, xong, xong rồi, ổn, ổn rồi, ổn cả, tốt, tốt rồi, nhận được,
        nhận được tiền, nhận được hàng, nhận được rồi, nhận được tiền hoàn, nhận được tiền rồi,
        nhận được hàng rồi, về tài khoản, về tài khoản rồi, khắc phục, khắc phục xong, bình thường,
        bình thường rồi, bình thường trở lại, hài lòng, rất hài lòng, tuyệt vời, tuyệt, nhanh, rất nhanh,
        nhanh quá, hữu ích, rất hữu ích, hiểu rồi, rõ rồi, chu đáo, nhiệt tình, rất nhiệt tình, hết lỗi,
        hết lỗi rồi, làm được rồi, tốt lắm
    """,
    more="""
        nhiều, rất nhiều, lắm, nhé, nha, ạ, ad, bạn, các bạn, anh, chị, em, anh chị, quý công ty, mọi người,
        shop, team, đội ngũ, một lần nữa, lần nữa, và, bạn nhiều, bạn rất nhiều, các bạn nhiều,
        các bạn rất nhiều, anh nhiều, chị nhiều, quý khách hàng, rồi, rồi ạ, rồi nhé, quá, vô cùng, sâu sắc,
        admin, bộ phận hỗ trợ, ban hỗ trợ, đội hỗ trợ
    """,
    heads="""
        vì, vì đã, đã, về, vì sự, sự, bạn đã, bạn vì, các bạn đã, các bạn vì, anh đã, chị đã, vì tất cả,
        về sự, cho, vì những, nhiều vì, nhiều vì đã
    """,
    objects="""
        hỗ trợ, giúp đỡ, giúp, giúp mình, giúp tôi, giúp em, trả lời, phản hồi, giải đáp, giải quyết, xử lý,
        tư vấn, giải thích, nhanh, nhanh chóng, kịp thời, nhiệt tình, tận tình, chu đáo, sớm, mình, tôi, em,
        bạn, các bạn, anh, chị, sự hỗ trợ, sự giúp đỡ, và, rất, nhiều, thông tin, câu trả lời, của bạn,
        của các bạn, của anh, của chị, tất cả, quan tâm, kiên nhẫn, hoàn tiền, vấn đề, cho tôi, cho mình,
        cho em, rõ ràng, chi tiết, dành thời gian, rồi, ạ, nhé, nha, nhiệt tình hỗ trợ, nhanh như vậy,
        sửa lỗi, hướng dẫn, thông báo, xác nhận, sự nhiệt tình, phản hồi nhanh, vụ này
    """,
    neutral="""
        ok, oke, vâng, dạ, dạ vâng, được, được rồi, đã nhận, đã nhận được, đã rõ, mình hiểu rồi,
        tôi hiểu rồi, em hiểu rồi, hiểu rồi, tuyệt, tuyệt vời, tốt, tốt quá, tốt lắm,
        chúc một ngày tốt lành, chúc bạn một ngày tốt lành, chúc các bạn một ngày tốt lành,
        chúc một ngày vui vẻ, chúc bạn một ngày vui vẻ, chúc cuối tuần vui vẻ, tạm biệt,
        chúc các bạn thành công, chúc bạn sức khỏe, bạn có thể đóng yêu cầu, chúc mừng năm mới, hay quá,
        hoàn hảo
    """,
    greetings="""
        chào, xin chào, chào bạn, chào các bạn, chào anh, chào chị, chào em, kính gửi, dear, hi, hello,
        chào ad, chào shop, kính chào, chào anh chị, xin chào các bạn, xin chào bạn
    """,
    closings="trân trọng, thân mến, thân ái, trân trọng kính chào, kính thư, thân, thân gửi, kính chào",
)
