"""The words of thanks in Spanish, Portuguese and French; see `thanks_words`."""

from intake.desk.text.thanks_words import words

ES = words(
    thanks="""
        gracias, muchas gracias, mil gracias, muchísimas gracias, un millón de gracias, se lo agradezco,
        te lo agradezco, se lo agradezco mucho, os lo agradezco, les agradezco, le agradezco, te agradezco,
        agradezco, le agradezco mucho, les agradezco mucho, agradecido, agradecida, muy agradecido,
        muy agradecida, estoy muy agradecido, estoy muy agradecida, agradecidos, les doy las gracias,
        quería darles las gracias, solo quería darles las gracias, solo quería dar las gracias,
        sois los mejores, son los mejores, eres un crack, sois geniales, son geniales, quedo agradecido,
        quedo muy agradecido, quedo agradecida, dios los bendiga
    """,
    degrees="""
        ok, vale, perfecto, genial, estupendo, excelente, fantástico, muy bien, bien, y, de nuevo, otra vez,
        ah, oh, sí, si, super, súper, buenísimo, listo, entendido, pues, bueno, muy, realmente, nuevamente,
        mis
    """,
    subjects="""
        todo, todo está, ya, ya está, ya todo, está, el problema, mi problema, el paquete, mi paquete,
        mi pedido, el pedido, el dinero, el reembolso, mi cuenta, la cuenta, el pago, mi duda, la duda,
        la aplicación, el acceso, ha, ha quedado, quedó, queda, ya quedó, he, hemos, me ha, me han, me,
        ahora, y, estoy, estamos, por fin, muy, ya me, eso, esto, sí, se, fue, es, son, ya he, ya lo, lo,
        ya funciona y
    """,
    well="""
        funciona, funciona bien, funciona perfectamente, funciona perfecto, funciona de nuevo,
        funciona correctamente, funcionó, funcionando, funcionando bien, solucionado, resuelto, arreglado,
        solucionada, resuelta, solucionó, resolvió, arregló, recibido, recibí, recibí el dinero,
        recibí el reembolso, recibí mi pedido, recibí el paquete, recibido el dinero, recibido el reembolso,
        recibido mi pedido, recibido el paquete, llegó, llegó bien, llegado, perfecto, genial, bien,
        muy bien, en orden, correcto, listo, estupendo, excelente, contento, contenta, muy contento,
        muy contenta, satisfecho, satisfecha, muy satisfecho, muy satisfecha, ayudado, ayudado mucho,
        sirvió, sirvió mucho, ayudó, ayudó mucho, excelente servicio, buen servicio, gran servicio,
        excelente atención, buen trabajo, gran trabajo, muy amables, muy amable, muy rápido, muy rápidos,
        rápido, aclarado, aclarada, de maravilla, de diez, todo en orden, todo bien, todo perfecto,
        todo correcto, todo resuelto, todo solucionado
    """,
    more="""
        mucho, de nuevo, otra vez, nuevamente, a todos, a ti, a usted, a ustedes, a vosotros, al equipo,
        a todo el equipo, y, muchísimo, de verdad, de corazón, de todo corazón, sinceramente, una vez más,
        infinitas, equipo, amigos, chicos, ahora, perfectamente, muy bien, saludos
    """,
    heads="""
        por, por la, por el, por los, por las, por su, por tu, por sus, por vuestra, por vuestro, por todo,
        por toda, por todo el, por toda la, por toda su, por haber, por haberme, por tan, a todos por,
        a ustedes por, y por la, y por su, por esa, mucho, mucho la, mucho su, mucho el, su, la, el,
        a todos por su, por esta, por este
    """,
    objects="""
        ayuda, su ayuda, la ayuda, respuesta, rápida, pronta, rápido, atención, amable, excelente, buena,
        buen, gran, apoyo, soporte, servicio, información, aclaración, aclararlo, aclararme, explicación,
        paciencia, tiempo, rapidez, amabilidad, gestión, solución, solucionarlo, resolverlo, ayudarme,
        ayudarnos, ayudado, contestar, responder, responderme, responder tan rápido, contestar tan rápido,
        tan, tan rápido, la, y, su, todo, reembolso, devolución, eficacia, eficiencia, profesionalidad,
        profesionalismo, comprensión, dedicación, disposición, interés, trabajo, consejo, consejos, avisar,
        avisarme, confirmación, confirmar, colaboración, detallada, completa, prestada, brindada, prestado,
        brindado, resolver mi problema, solucionar mi problema, resolver el problema,
        solucionar el problema, esfuerzo, rápidamente, recibida, muy, tan rápida
    """,
    neutral="""
        ok, vale, de acuerdo, entendido, recibido, perfecto, genial, estupendo, sí, bien, muy bien,
        excelente, buen día, que tenga un buen día, que tengan un buen día, que tengas un buen día,
        feliz día, buen fin de semana, feliz fin de semana, hasta luego, hasta pronto, bravo, sigan así,
        seguid así, fantástico, pueden cerrar el ticket, puede cerrar el ticket, listo, que tenga buen día,
        felices fiestas, bendiciones, buena tarde, feliz tarde, adiós
    """,
    greetings="""
        hola, buenos días, buenas tardes, buenas noches, buenas, estimado, estimada, estimados, querido,
        querida, buen día, hola buenos días, hola buenas tardes, hola buenas, hola a todos,
        estimados señores
    """,
    closings="""
        saludos, un saludo, saludos cordiales, cordialmente, atentamente, un cordial saludo,
        cordiales saludos, un abrazo, abrazos, muchos saludos, atte, sinceramente, reciba un cordial saludo,
        un saludo cordial, besos, un fuerte abrazo, saludos a todos
    """,
)

PT = words(
    thanks="""
        obrigado, obrigada, muito obrigado, muito obrigada, muitíssimo obrigado, muitíssimo obrigada, obg,
        obrigadão, obrigadíssimo, valeu, agradeço, agradecemos, agradecido, agradecida, muito grato,
        muito grata, grato, grata, gratidão, eu agradeço, agradeço muito, agradeço imensamente,
        só queria agradecer, quero agradecer, queria agradecer, gostaria de agradecer, fico grato,
        fico grata, fico muito grato, vocês são os melhores, vocês são demais, vocês são ótimos,
        mil obrigados, deus abençoe, brigado, brigada
    """,
    degrees="""
        ok, certo, perfeito, ótimo, ótima, excelente, maravilha, beleza, legal, show, muito, e, novamente,
        mais uma vez, ah, oh, sim, super, nossa, tudo bem, tudo certo, bem, realmente, entendi, desde então,
        bom, mesmo, meu muito, nosso muito
    """,
    subjects="""
        tudo, já, agora, está, já está, tudo está, o problema, meu problema, o meu problema, o pacote,
        meu pedido, o pedido, o dinheiro, o reembolso, minha conta, a minha conta, a conta, o pagamento,
        minha dúvida, a encomenda, a minha encomenda, o aplicativo, o acesso, foi, ficou, fiquei, e, estou,
        muito, finalmente, me, isso, deu, sim, já foi, é, consegui, recebi, já recebi, a questão
    """,
    well="""
        funciona, funcionou, funcionando, funcionando bem, funcionando perfeitamente, a funcionar,
        voltou a funcionar, funciona perfeitamente, funciona bem, resolvido, resolvida, resolvidos,
        solucionado, solucionada, resolveu, solucionou, recebi, recebido, recebi o dinheiro,
        recebi o reembolso, recebi meu pedido, recebi o pacote, chegou, chegou bem,
        perfeito, ótimo, certo, bem, em ordem, deu certo, certinho, satisfeito, satisfeita,
        muito satisfeito, muito satisfeita, feliz, muito feliz, ajudou, ajudou muito, ajudaram muito,
        ajudaram, excelente atendimento, ótimo atendimento, excelente serviço, ótimo serviço, bom trabalho,
        ótimo trabalho, excelente trabalho, muito rápido, rápido, esclarecido, esclarecida, excelente,
        maravilhoso, muito útil, útil, acessar, entrar, atendimento nota dez, nota dez, certíssimo
    """,
    more="""
        mesmo, muito, demais, novamente, de novo, mais uma vez, a todos, a vocês, a você, a toda a equipe,
        à equipe, à equipa, a toda equipe, pessoal, gente, equipe, e, de coração, imensamente, sinceramente,
        agora, perfeitamente, de verdade, abraço, abraços, tudo de bom
    """,
    heads="""
        pela, pelo, pelos, pelas, por, por tudo, pela sua, pelo seu, pela vossa, pelo vosso, por toda,
        por todo, por me, por sua, por seu, por terem, por ter, a todos pela, a todos pelo, e pela,
        muito pela, muito pelo, a, o, a sua, por essa, por esta, a vocês pela, por toda a, por nos,
        desde já pela
    """,
    objects="""
        ajuda, sua ajuda, resposta, rápida, rápido, pronta, atenção, excelente, ótimo, ótima, bom, boa,
        atendimento, apoio, suporte, auxílio, serviço, informação, informações, esclarecimento,
        esclarecimentos, explicação, paciência, tempo, rapidez, agilidade, gentileza, solução, retorno,
        ajudar, ajudarem, resolver, resolverem, responder, responder tão rápido, responderem, tão, tudo, a,
        e, sua, seu, reembolso, eficiência, profissionalismo, compreensão, dedicação, disponibilidade,
        colaboração, trabalho, dica, dicas, confirmação, cuidado, prontidão, simpatia, resolvido,
        resolvido meu problema, resolver meu problema, resolver o problema, muito, prestada, prestado,
        prestados, carinho, orientação, esforço, avisar
    """,
    neutral="""
        ok, certo, entendi, entendido, recebido, perfeito, ótimo, beleza, sim, excelente, maravilha, legal,
        tudo bem, tudo certo, bom dia, boa tarde, boa noite, tenha um bom dia, tenham um bom dia,
        um ótimo dia, tenha um ótimo dia, bom fim de semana, ótimo fim de semana, até logo, até mais,
        parabéns, continuem assim, podem fechar o chamado, pode fechar o chamado, pode encerrar o chamado,
        show, blz, tchau, bom trabalho, sucesso, boas festas, show de bola, top
    """,
    greetings="""
        olá, oi, bom dia, boa tarde, boa noite, prezado, prezada, prezados, caro, cara, caros, olá bom dia,
        olá boa tarde, oi pessoal, ola, oi bom dia, oi boa tarde, exmos senhores
    """,
    closings="""
        abraço, abraços, um abraço, atenciosamente, att, cordialmente, cumprimentos,
        com os melhores cumprimentos, melhores cumprimentos, saudações, grande abraço, beijos, bjs,
        um grande abraço, respeitosamente, abs, sinceramente
    """,
)

FR = words(
    thanks="""
        merci, un grand merci, mille mercis, merci beaucoup, grand merci, merci bien, mille merci,
        je vous remercie, je te remercie, nous vous remercions, je vous remercie beaucoup, remerciements,
        tous mes remerciements, avec mes remerciements, je tiens à vous remercier,
        je voulais vous remercier, je voulais juste vous remercier, vous êtes les meilleurs,
        vous êtes au top, vous êtes super, vous êtes formidables, je vous suis très reconnaissant,
        je vous suis très reconnaissante, merci infiniment, merci mille fois
    """,
    degrees="""
        ok, super, parfait, parfait et, génial, excellent, très bien, bien, encore, encore une fois, et,
        oui, d'accord, ah, oh, vraiment, top, formidable, impeccable, nickel, alors, bon, magnifique,
        sincères
    """,
    subjects="""
        tout, tout est, c'est, c'était, le problème, mon problème, le problème est, mon problème est,
        mon compte, mon compte est, le remboursement, mon remboursement, le colis, mon colis, ma commande,
        ma question, est, a, a été, est bien, a bien été, j'ai, j'ai bien, j'ai bien reçu, nous avons,
        nous avons bien, cela, ça, ça a, et, maintenant, enfin, je suis, nous sommes, vous, m'avez,
        vous m'avez, cela m'a, ça m'a, m'a, très, tout à fait, désormais, oui, super, parfait, l'argent,
        le paiement, l'application, est de nouveau
    """,
    well="""
        fonctionne, fonctionne bien, fonctionne parfaitement, fonctionne à nouveau, fonctionne de nouveau,
        fonctionne maintenant, marche, marche bien, marche à nouveau, marche maintenant, marche très bien,
        marche parfaitement, marché, résolu, réglé, arrangé, rentré dans l'ordre, est rentré dans l'ordre,
        arrivé, reçu, reçu le remboursement, reçu mon colis, reçu ma commande, reçu l'argent, parfait,
        super, bon, en ordre, bien, nickel, impeccable, génial, satisfait, satisfaite, très satisfait,
        très satisfaite, content, contente, ravi, ravie, aidé, beaucoup aidé, bien aidé, excellent service,
        service impeccable, service au top, super service, bon travail, beau travail, très utile, utile,
        très clair, plus de questions, rapide, très rapide, efficace, rapide et efficace, au top, excellent,
        disponible, exactement ce qu'il me fallait
    """,
    more="""
        beaucoup, infiniment, encore, encore une fois, mille fois, bien, à vous, à tous, à vous tous,
        à toute l'équipe, à l'équipe, à toi, et, énormément, sincèrement, vivement, chaleureusement,
        du fond du cœur, vraiment, maintenant, parfaitement, bonne journée, très bien, très
    """,
    heads="""
        pour, pour la, pour le, pour les, pour votre, pour ton, pour ta, pour vos, pour tout, pour cette,
        pour ce, de, de votre, de ton, de la, de l', de m'avoir, pour m'avoir, et pour, et pour votre,
        pour toute, pour l', d'avoir, d'avoir si, de vos, à vous pour, à vous pour votre, pour ces,
        de cette, pour avoir
    """,
    objects="""
        aide, votre aide, l'aide, réponse, réponses, rapide, rapides, réactivité, efficacité, gentillesse,
        patience, soutien, assistance, professionnalisme, disponibilité, compréhension, retour,
        votre retour, accueil, explication, explications, information, informations, info, infos, précision,
        précisions, conseil, conseils, remboursement, intervention, solution, travail, excellent, bon,
        bonne, belle, précieuse, super, service, et, votre, la, le, les, si, très, prompte, claire,
        complète, aidé, aidée, répondu, répondu si vite, vite, aussi, rapidement, si rapidement, tout,
        résolu, résolu mon problème, réglé, réglé le problème, réglé mon problème, traitement, suivi,
        attention, écoute, temps, efforts, confirmation, prise en charge, de, votre travail
    """,
    neutral="""
        ok, d'accord, bien reçu, c'est noté, noté, compris, parfait, super, génial, oui, très bien, bien,
        ah, top, excellent, bonne journée, bonne soirée, bon week-end, bonne fin de journée, à bientôt,
        bonne continuation, très bonne journée, excellente journée, belle journée,
        je vous souhaite une bonne journée, bravo, continuez comme ça, vous pouvez fermer le ticket,
        vous pouvez clore le ticket, nickel, impeccable, au revoir, passez une bonne journée, bonnes fêtes
    """,
    greetings="""
        bonjour, bonsoir, salut, coucou, cher, chère, chers, bonjour à tous, bonjour madame,
        bonjour monsieur, madame, monsieur, madame monsieur, bonjour à vous
    """,
    closings="""
        cordialement, bien cordialement, très cordialement, bien à vous, bien à toi, sincèrement,
        salutations, sincères salutations, meilleures salutations, cdlt, amicalement, respectueusement,
        bien sincèrement, avec mes salutations, à bientôt, bises, cordiales salutations
    """,
)
