"""Commands out of their place: what holds a mail, and what goes out as ever. Gateways' banners above them."""

import pytest
from each_case import each

from intake.desk.commands import banners
from intake.desk.commands import execute as commands
from intake.desk.commands.grammar import Command, ParsedCommand
from intake.desk.commands.strays import FOREIGN, stray
from intake.desk.commands.table import COMMANDS, NAMES

SECRET = "This customer is a fraudster."
# As the first line, and after a greeting: in both places it holds.
MARKED = {
    "a blank": "# note",
    "a blank and a colon": "# Note:",
    "two signs": "##note",
    "Gmail's plain text of bold": "*#note*",
    "bold within": "#*note*",
    "bold of Markdown": "**#note**",
    "italics": "_#note_",
    "struck": "~~#note~~",
    "code": "`#note`",
    "escaped": "\\#note",
    "a bullet": "- #note",
    "Outlook's bullet": "•\t#note",
    "a star": "* #note",
    "a number of a list": "1. #note",
    "a quote's mark": "> #note",
    "quotation marks": "“#note”",
    "brackets": "[#note]",
    "a no-break space before it": "\u00a0#note",
    "a no-break space within": "#\u00a0note",
    "an entity": "&#35;note",
    "an entity of a blank": "#&nbsp;note",
    "full width": "＃ note",
    "full width letters": "＃\u3000ｎｏｔｅ",
    "a sharp": "♯note",
    "a key": "#\ufe0f\u20e3 note",
    "Chinese and a blank": "# 备注",
    "Chinese, bold": "**#备注**",
    "words behind it": "#note this one lies to us",
    "words behind a blank": "# note on the customer: she lies to us",
    "a comma": "#note, for you alone",
    "two letters swapped": "#noet",
    "a letter wrong": "#nota",
    "a letter too many": "#notes",
    "a letter missing": "#not",
    "misspelt, with a blank": "# noet",
    "misspelt in Chinese": "#备住",
    "in German": "#Notiz",
    "in Russian": "#заметка",
    "in Japanese": "#メモ",
    "its meaning": "#internal",
    "misspelt, the note behind it": "#noet this customer lies to us about everything",
    "in German, the note behind it": "#notiz der Kunde lügt uns seit Tagen an",
    "in French, the note behind it": "#interne: ce client ment toujours à tout le monde",
    "its meaning, the note behind it": "#internal this one must not get any money",
    "a note of one long line": "#note " + "they lie and lie to us " * 40,
    "a long one, bold": "*#note* " + "they lie and lie to us " * 40,
    "a long one, misspelt": "#noet " + "they lie and lie to us " * 40,
    "a long one in Chinese": "#备注" + "这个客户在撒谎" * 60,
    "closing": "# close",
    "closing, misspelt": "#clsoe",
    "closing in Chinese, misspelt": "#关比",
    "closing, with a word too many": "#close please",
    "closing in French": "#fermé",
    "two on one line": "#close #note",
    "with its argument": "- #priority high",
    "a name without a blank": "- #转给小王",
    "misspelt, with its argument": "*#asign Wei*",
    "an address": "*#cc add eve@x.example*",
    "a letter of a list": "a) #note",
    "a joiner that takes no room": "#n\u034fote",
    "Chinese and what follows, with a number": "#备注2024年就欠款",
    "Chinese and what follows": "#备注这个客户是骗子2",
    "English and Chinese behind it": "#note这个客户是骗子2",
    "in Vietnamese, two syllables": "#ghi chú",
    "of one sign": "#注",
    "resolving": "#resolve",
    "closing in Japanese": "#対応完了",
    "giving it away in German": "#zuordnen Wei",
    "behind a greeting": "Hi Lin, #note",
    "behind a greeting in Chinese": "小王，#备注",
    "behind a greeting, joined with what is private": "Hi Lin, #note she lies to us, do not pay 2,000",
    "behind a full stop, in bold": "Done. *#note* she lies to us",
    "closing, behind a sentence": "All is well. #close",
    "as the last word": "for Wei #internal",
}


@each("line", MARKED.values(), ids=MARKED.keys())
@each("above", ["", "Hello Lin,\n\n", "#mine\n\nHello Lin,\n"], ids=("top", "below", "both"))
def test_a_line_that_is_meant_as_a_command_is_never_taken_for_words(line: str, above: str) -> None:
    asked = commands.read(f"{above}{line}\n\n{SECRET}")

    assert asked.problem or asked.stray or (asked.note and not above)


@each("name", [name for kind in COMMANDS for name in (kind.name, *kind.aliases)])
def test_each_command_holds_as_the_last_line_and_with_a_blank(name: str) -> None:
    # `#faq` may stand anywhere in a text.
    plain = () if NAMES[name.casefold()].name == "faq" else (f"#{name}",)
    for line in (*plain, f"# {name}", f"*#{name}*"):
        assert line == commands.read(f"Hello Lin,\n\n{line}").stray


@each("name", [name for kind in COMMANDS for name in (kind.name, *kind.aliases)])
def test_each_command_holds_with_two_letters_swapped(name: str) -> None:
    if len(name) < 3 or name[0] == name[1]:
        return
    assert stray(f"Hello\n#{name[1]}{name[0]}{name[2:]}", NAMES) or not name.isascii()


@each("word", [word for words in FOREIGN.values() for word in words])
def test_a_command_in_another_language_holds(word: str) -> None:
    assert stray(f"Hello\n#{word}", NAMES)


FREE = {
    "a number": "Your number is\n#1234",
    "a number first": "#1234 is your number",
    "a number of one digit": "# 1",
    "a heading": "# What you can do now",
    "a heading that begins like a command": "Hello\n\n# Next steps\n\nFirst,",
    "another": "Hello\n## Open questions",
    "a third": "Hello\n# Close the app and open it again",
    "a fourth": "Hello\n# Find your wallet",
    "a heading of another word": "Hello\n# Answer",
    "a heading in Chinese": "您好\n# 说明",
    "a heading in Japanese": "こんにちは\n# 担当",
    "code": "Compile this:\n#include <stdio.h>\n#define A 1\n#ifdef A\n#endif",
    "a script": "#!/bin/bash\n# apt-get install it",
    "a hashtag within a sentence": "We love #bitcoin and take #note of it.",
    "a hashtag alone": "Hello\n#bitcoin",
    "several": "Hello\n#bitcoin #wallet",
    "hashtags behind a sentence": "Follow us: #lumen, #close-up, #bitcoin.",
    "one that is explained behind a colon": "You can write: #help and we answer.",
    "an address with a fragment behind a comma": "See https://x.example/a,#note or https://x.example/#note",
    "a colour": "Hello\n#fff",
    "an address with a fragment": "See\nhttps://x.example/help#note\n<https://x.example/#close>",
    "a command that is explained": "Write #help on the first line, and the list comes.",
    "one wrapped to the start of a line": "On the first line write\n#help and all that can be done is sent",
    "the same letters without a sign": "Hello\nNote: this takes a day.\nClose",
    "a rule of signs": "Hello\n#####\n# # #",
    "a language": "I write C#\nC# note",
    "a longer word": "Hello\n#tag2",
    "our own number": "[#12] close",
    "a sign alone": "#\ntext",
}


@each("text", FREE.values(), ids=FREE.keys())
def test_what_only_looks_like_one_goes_out(text: str) -> None:
    asked = commands.read(f"Hello,\n{text}")

    assert ("", "") == (asked.problem, asked.stray)


BANNERS = {
    "Microsoft's": "CAUTION: This email originated from outside of the organization. Do not click links or "
    "open attachments unless you recognize the sender.",
    "the same, wrapped": "CAUTION: This email originated from outside of the organization. Do not click\n"
    "links or open attachments unless you recognize the sender and know the\ncontent is safe.",
    "in bold": "*CAUTION:* This email originated from outside of the organization.",
    "a tag": "[EXTERNAL EMAIL]",
    "a short tag": "[EXT]",
    "a tag in bold": "*[EXTERNAL]*",
    "words alone": "External Email",
    "between stars": "*** WARNING: External email. Do not open attachments ***",
    "polite": "Warning: This message was sent from outside the company. Please do not click links or open "
    "attachments unless you recognise the source of this email.",
    "German": "ACHTUNG: Diese E-Mail kommt von außerhalb des Unternehmens. Klicken Sie nicht auf Links.",
    "French": "ATTENTION : Ce courriel provient de l'extérieur. Ne cliquez pas sur les liens.",
    "Chinese": "注意：此邮件来自外部，请勿点击链接或打开附件。",
    "a Chinese tag": "【外部邮件】",
}
LABELS = {
    "a class": "Classification: Internal",
    "how sensitive": "Sensitivity: Internal Use Only",
    "no warning before it": "This email originated from outside of Example Corp.",
}


@each("banner", [*BANNERS.values(), *LABELS.values()], ids=[*BANNERS, *LABELS])
@each("gap", ["\n", "\n\n", "\n \n\n"], ids=("no line", "a line", "lines"))
def test_a_command_below_a_gateways_banner_is_obeyed(banner: str, gap: str) -> None:
    assert ParsedCommand((), SECRET, note=True) == commands.read(f"{banner}{gap}#note\n{SECRET}")
    assert ParsedCommand((Command("close"),), "Done.") == commands.read(f"\n{banner}{gap}#close\n\nDone.")


@pytest.mark.parametrize("banner", BANNERS.values(), ids=BANNERS.keys())
def test_a_banner_is_no_part_of_an_answer(banner: str) -> None:
    assert ParsedCommand(text="Hello Lin,\nbye") == commands.read(f"{banner}\n\nHello Lin,\nbye")


ANSWERS = (
    *(f"{one}\n\nHello" for one in LABELS.values()),
    "Hello Lin,\n\nCAUTION: This email originated from outside.",
    "Attention: your wallet is empty.\nHello",
    "This message is about your external wallet.\nPlease restart it.",
    "Caution: never send your email and password to an external site.\n\nYours",
    "Please do not click links in that mail.",
    "External:\n- a\n- b",
)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_is_not_cut_for_looking_like_a_banner(text: str) -> None:
    assert text == banners.below(text) == commands.read(text).text


def test_below_an_unknown_banner_it_is_held() -> None:
    assert "#note" == commands.read(f"Scanned by the gate of Example Corp\n\n#note\n{SECRET}").stray


def test_a_customers_subject_that_ends_like_a_command_holds_no_answer() -> None:
    assert "" == stray("Where is it? #help", NAMES, within=False)
    assert "#close" == stray("#close", NAMES, within=False)


def test_thousands_of_lines_cost_little() -> None:
    text = "\n".join(["#" * 250, "# " * 120, "&" * 290, "*" * 290 + "#note" + "*" * 200] * 2000)
    text += "\n" + ", #n" * 100_000 + "." * 100_000

    assert "" == stray(text, NAMES)
