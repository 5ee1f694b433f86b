"""The words of thanks in English and German; see `thanks_words`."""

from intake.desk.text.thanks_words import words

EN = words(
    thanks="""
        thanks, thank you, thankyou, thx, ty, tysm, thnx, tks, cheers, many thanks, thanks a lot,
        thank you kindly, much appreciated, appreciated, much obliged, i appreciate it, i appreciate that,
        we appreciate it, i appreciate, we appreciate, i really appreciate, we really appreciate, grateful,
        i am grateful, i am very grateful, i'm grateful, i'm very grateful, i am so grateful, thanking you,
        i thank you, we thank you, i want to thank you, i wanted to thank you, i just wanted to thank you,
        i just want to thank you, i would like to thank you, i'd like to thank you,
        just wanted to say thanks, just wanted to say thank you, i just wanted to say thank you,
        i just wanted to say thanks, god bless you, bless you, you are the best, you're the best,
        you guys are the best, you are awesome, you're awesome, you guys rock, you rock, you are amazing,
        you're amazing, you are a star, you're a star, you are a lifesaver, you're a lifesaver, lifesaver,
        kudos, hats off
    """,
    degrees="""
        many, so, really, very, and, ok, okay, great, perfect, awesome, wonderful, excellent, again,
        once again, thanks, oh, ah, wow, yes, big, huge, sincere, warm, brilliant, lovely, super, amazing,
        fantastic, alright, all right, cool, nice, got it, a big, a huge, well, indeed, also, my, our
    """,
    subjects="""
        it, it's, its, everything, everything's, all, that, that's, this, the, my, our, your, problem,
        issue, account, order, payment, refund, package, parcel, money, login, invoice, app, wallet, card,
        transfer, delivery, file, link, code, password, is, has, have, been, i, i've, i'm, we, we've, we're,
        now, and, am, are, seems, seems to be, looks, looks like, just, finally, really, very, so, also,
        again, fix, solution, answer, reply, advice, you, you've, did, ok, yes, great, perfect, both,
        everyone, already, works and, so much, and it
    """,
    well="""
        works, works now, works again, works fine, works perfectly, works great, works well, work again,
        working, working now, working again, working fine, working perfectly, worked, worked perfectly,
        worked great, solved, resolved, fixed, sorted, all set, all good, all sorted, all done, all clear,
        arrived, received, received it, received the refund, received my refund, received the money,
        received my money, received the payment, received my order, received the package, got my refund,
        got my money, got the money, got the refund, got it, came through, perfect, great, good, fine,
        excellent, wonderful, awesome, brilliant, amazing, fantastic, lovely, super, happy, very happy,
        satisfied, very satisfied, glad, helped, helped a lot, helped me a lot, did the trick,
        answers my question, answered my question, answers everything, answered everything,
        exactly what i needed, what i needed, just what i needed, good job, great job, nice job, great work,
        good work, nice work, great service, excellent service, great support, excellent support,
        amazing service, amazing support, fantastic service, fantastic support, super fast, very fast,
        a great help, a big help, very helpful, so helpful, really helpful, helpful, in order, in order now,
        as good as new, perfect service, very quick, so quick, that was quick, that was fast,
        no more questions, no further questions, love it, have a great day
    """,
    more="""
        so much, very much, a lot, a million, a ton, tons, loads, indeed, again, once again, once more, and,
        now, to you, to you all, to all of you, to everyone, to the team, to your team, you, all, everyone,
        guys, team, folks, sir, madam, dear, very, really, too, kindly, perfectly, well, fine, great,
        sincerely, from me, from us, that, it, this, your help, your support, your quick reply, the help,
        the quick reply, the fast response, your time, your effort, your kindness, the support,
        the quick response, your quick response, ok, perfect
    """,
    heads="""
        for, for the, for your, for all, for all the, for all your, for such, for such a, for being so,
        for being, for this, for that, for a, with, with this, with that, with it, with my, to you for,
        and for, as well as for
    """,
    objects="""
        help, helping, helping me, helping us, assistance, support, reply, response, answer, answers, quick,
        fast, prompt, swift, kind, great, excellent, wonderful, amazing, fantastic, speedy, rapid, friendly,
        detailed, clear, lovely, super, very, so, and, the, your, all, everything, time, effort, efforts,
        patience, understanding, information, info, explanation, explaining, clarification, clarifying,
        advice, update, letting me know, letting us know, getting back to me, getting back to us,
        getting back to me so quickly, responding, responding so quickly, replying, replying so quickly,
        fixing it, fixing this, fixing that, fixing, solving it, solving this, solving my problem,
        solving the problem, solving my issue, resolving it, resolving this, resolving my issue,
        resolving the issue, resolving, sorting it, sorting this out, sorting it out, sorting that out,
        so quickly, quickly, so fast, so promptly, promptly, service, work, job, good, hard, attention,
        cooperation, kindness, care, confirmation, confirming, refund, the refund, tip, tips, hint,
        being so kind, being so helpful, helpful, patient, customer, today, solution, taking the time,
        taking care of it, taking care of this, matter, issue, problem, it, this, that, efficient,
        professional, handling, handling this, such, turnaround, again, so much, very much, a lot, feedback,
        guidance, me, us, on this
    """,
    neutral="""
        ok, okay, alright, all right, got it, received, noted, understood, i see, great, perfect, cool,
        nice, wonderful, excellent, awesome, yes, sure, good, oh, wow, super, brilliant, lovely, bye,
        bye bye, amazing, have a nice day, have a great day, have a good day, have a lovely day,
        have a wonderful day, have a nice weekend, have a great weekend, have a good weekend,
        have a good one, take care, have a good evening, have a nice evening, enjoy your day,
        enjoy your weekend, all the best to you, keep up the good work, keep it up, happy holidays,
        merry christmas, happy new year, stay safe, stay well, no need to reply, no reply needed,
        you can close this, you can close the ticket, you may close this ticket, you may close the ticket,
        this can be closed, please close the ticket, please close this ticket, wish you all the best,
        i wish you a nice day, well done, bravo
    """,
    greetings="""
        hi, hello, hey, dear, hi there, hello there, hey there, good morning, good afternoon, good evening,
        good day, greetings, dear sir or madam, dear sir, dear madam, hi all, hello all, hiya
    """,
    closings="""
        best, regards, best regards, kind regards, kindest regards, warm regards, warmest regards,
        with kind regards, with best regards, sincerely, yours sincerely, sincerely yours, yours,
        yours truly, yours faithfully, best wishes, all the best, cheers, many greetings, greetings, thanks,
        love, br, rgds, respectfully, with gratitude, with appreciation, gratefully, warmly, cordially,
        take care, with thanks
    """,
)

DE = words(
    thanks="""
        danke, dankeschön, danke schön, danke sehr, vielen dank, herzlichen dank, besten dank, dank,
        tausend dank, ganz herzlichen dank, lieben dank, schönen dank, merci, ich danke ihnen,
        wir danken ihnen, ich danke euch, ich danke dir, ich bedanke mich, wir bedanken uns,
        ich möchte mich bedanken, ich möchte mich herzlich bedanken, wollte mich nur bedanken,
        ich wollte mich nur bedanken, ihr seid die besten, sie sind die besten, dankbar,
        ich bin sehr dankbar, vergelts gott
    """,
    degrees="""
        ok, okay, super, toll, perfekt, prima, klasse, wunderbar, großartig, nochmals, nochmal, noch einmal,
        ganz, sehr, und, gut, alles klar, ah, oh, ja, herzlich, wirklich, auch, spitze, ausgezeichnet,
        einfach, hervorragend, dann, sage ich, ein großes, ein herzliches, großes
    """,
    subjects="""
        es, alles, das, das problem, das paket, das geld, die rückerstattung, die zahlung, die bestellung,
        die ware, der zugang, die sache, mein problem, mein konto, mein paket, meine frage,
        meine bestellung, unser problem, hat, habe, ich, ich habe, wir, wir haben, jetzt, nun, ist, sind,
        und, hat sich, hat alles, ist jetzt, ist nun, endlich, mir, sehr, hat mir, haben mir, sie haben mir,
        ihr habt mir, damit, somit, bin, ja, super, perfekt, ist alles, geld, paket, problem, wieder,
        das hat, hat mir sehr, die app, der login, die anmeldung, die lieferung
    """,
    well="""
        funktioniert, funktioniert wieder, funktioniert jetzt, funktioniert jetzt wieder, klappt,
        klappt wieder, klappt jetzt, geklappt, geht, geht wieder, geht jetzt, geht jetzt wieder, läuft,
        läuft wieder, läuft jetzt, funktioniert alles, klappt alles, erledigt, gelöst, behoben, geklärt,
        angekommen, erhalten, da, gut, bestens, perfekt, super, prima, toll, in ordnung, wieder in ordnung,
        geholfen, sehr geholfen, weitergeholfen, zufrieden, sehr zufrieden, genau das habe ich gebraucht,
        genau das brauchte ich, tolle arbeit, gute arbeit, super service, toller service, klasse service,
        super support, top service, top, spitze, klasse, wunderbar, sehr hilfreich, hilfreich, beantwortet,
        keine weiteren fragen, wieder da, einwandfrei, das ging schnell, das ging ja schnell
    """,
    more="""
        sehr, nochmals, nochmal, vielmals, noch einmal, ihnen, euch, dir, an alle, an das team,
        an das ganze team, ans team, an sie, und, auch, so sehr, schön, von herzen, ganz herzlich, herzlich,
        alles, jetzt, wieder, bestens, einwandfrei, wunderbar, perfekt, super, prima, liebes team,
        liebe leute
    """,
    heads="""
        für, für die, für das, für den, für ihre, für ihren, für eure, für euren, für deine, für ihr,
        für alles, fürs, für all, und für die, und für ihre, bei ihnen für, bei ihnen für die, bei euch für,
        bei ihnen, bei euch, bei allen
    """,
    objects="""
        hilfe, schnelle, rasche, prompte, freundliche, nette, tolle, gute, super, kompetente,
        unkomplizierte, ausführliche, großartige, antwort, rückmeldung, unterstützung, bearbeitung, lösung,
        auskunft, information, informationen, info, infos, mühe, geduld, erklärung, erläuterung, service,
        schnellen, guten, netten, tollen, support, ihre, eure, und, sehr, die, das, den, alles, erledigung,
        rückerstattung, verständnis, tipp, tipps, hinweis, kulanz, freundlichkeit, arbeit, weiterhelfen,
        helfen, zeit, schnelles, rasches, handeln, kümmern, bestätigung, aufklärung, einsatz, engagement,
        bemühungen, schnell, ganze
    """,
    neutral="""
        ok, okay, alles klar, verstanden, angekommen, erhalten, super, toll, perfekt, prima, klasse, gut,
        ja, ah, wunderbar, spitze, schönen tag, schönen tag noch, einen schönen tag, einen schönen tag noch,
        ich wünsche ihnen einen schönen tag, schönes wochenende, ein schönes wochenende, schönen abend,
        schönen feierabend, bis bald, weiter so, macht weiter so, alles gute, bleiben sie gesund,
        sie können das ticket schließen, das ticket kann geschlossen werden, top, großartig, tschüss,
        frohe weihnachten, hat sich erledigt
    """,
    greetings="""
        hallo, hi, hey, guten tag, guten morgen, guten abend, moin, servus, grüß gott, liebe, lieber,
        liebes, sehr geehrte damen und herren, sehr geehrte frau, sehr geehrter herr, sehr geehrtes, grüezi,
        hallo frau, hallo herr, guten tag frau, guten tag herr, liebe frau, lieber herr, hallo liebes
    """,
    closings="""
        viele grüße, liebe grüße, mit freundlichen grüßen, freundliche grüße, beste grüße, herzliche grüße,
        schöne grüße, grüße, gruß, lg, vg, mfg, vlg, bg, mit besten grüßen, mit freundlichem gruß,
        mit herzlichen grüßen, viele liebe grüße, lieben gruß, besten gruß, freundlichen gruß, herzlichst,
        viele gruesse, liebe gruesse, mit freundlichen gruessen, ihr, ihre, euer, eure, hochachtungsvoll
    """,
)
