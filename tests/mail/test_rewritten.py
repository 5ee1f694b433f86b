"""Whose a mail is where a list or a web site stands in its From."""

import pytest

from intake.desk.message import Address
from intake.mail.parse import parse

MO = Address("mo@strict.example", "Mo Strict")
LIST = "help@lists.example"


def read(*fields: str):
    head = "".join(f"{field}\r\n" for field in fields)
    return parse(f"{head}Subject: It does not start\r\nMessage-ID: <1@x.example>\r\n\r\nHello\r\n".encode())


LISTS = {
    "Google Groups": (
        "From: 'Mo Strict' via Help <help@lists.example>",
        "Reply-To: Mo Strict <mo@strict.example>",
        "X-Original-From: Mo Strict <mo@strict.example>",
        "X-Original-Sender: mo@strict.example",
        "Mailing-list: list help@lists.example; contact help+owners@lists.example",
        "List-ID: <help.lists.example>",
    ),
    "Google Groups, with a Reply-To of the author's own": (
        "From: 'Mo Strict' via Help <help@lists.example>",
        "Reply-To: mo.home@strict.example",
        "X-Original-From: Mo Strict <mo@strict.example>",
        "Mailing-list: list help@lists.example; contact help+owners@lists.example",
    ),
    "Mailman": (
        "From: Mo Strict via Help <help@lists.example>",
        "Reply-To: Mo Strict <mo@strict.example>",
        "List-Id: People who help <help.lists.example>",
        "List-Post: <mailto:help@lists.example>",
    ),
    "Mailman, whose replies go to the list, too": (
        "From: Mo Strict via Help <Help@lists.example>",
        "Reply-To: Help <help@lists.example>, Mo Strict <mo@strict.example>",
        "List-Post: <mailto:help@lists.example?subject=hello>",
    ),
    "Mailman, whose replies go to the list alone": (
        "From: Mo Strict via Help <help@lists.example>",
        "Reply-To: Help <help@lists.example>",
        "Cc: Someone <someone@else.example>, Mo Strict <mo@strict.example>",
        "List-Id: People who help <help.lists.example>",
    ),
    "Mailman, which sets no Reply-To at all": (
        "From: 'Mo Strict' via Help <help@lists.example>",
        "Cc: Mo Strict <mo@strict.example>",
        "List-Id: People who help <help.lists.example>",
    ),
    "Sympa, without its Reply-To": (
        '"From: "Mo Strict" (via help Mailing List)" <help@lists.example>'.replace('"From', "From", 1),
        "X-Original-From: Mo Strict <mo@strict.example>",
        "List-Id: <help.lists.example>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_stands_in_from_is_no_author(name):
    message = read(*LISTS[name])
    assert LIST == message.sender.key
    assert MO.mailbox == message.named_author.mailbox
    assert message.impersonal


SITES = (
    "www-data",
    "wordpress",
    "no-reply",
    "noreply",
    "contact-form",
    "Kontaktformular",
    "website",
    "shop.forms",
    "notifications",
    "notify+4711",
    "mailer",
    "submissions",
    "formresponses",
    "form-submission",
    "formulaire-contact",
    "webmaster",
    "email",
)


@pytest.mark.parametrize("local", SITES)
def test_a_web_site_that_stands_in_from_is_no_author(local):
    message = read(f"From: Shop <{local}@shop.example>", "Reply-To: Mo Strict <mo@strict.example>")
    assert MO == message.named_author
    assert message.impersonal


FORMS = (
    "contact-us@shop.example",
    "ContactUs@shop.example",
    "contact@shop.example",
    "kontakt@shop.example",
    "contacto@tienda.example",
    "enquiries@shop.example",
    "web-enquiry@shop.example",
    "feedback@shop.example",
    "leads+7@shop.example",
    "contact@gmail.com",
    "mo.k.x1y2z3@zapiermail.com",
    "hello@submissions.formspree.io",
    "shop@jotform.com",
)


@pytest.mark.parametrize("sender", FORMS)
def test_where_a_site_takes_what_its_visitors_write_is_no_author(sender):
    message = read(f"From: Shop <{sender}>", "Reply-To: Mo Strict <mo@strict.example>")
    assert MO == message.named_author
    assert message.impersonal


def test_a_form_that_came_over_a_list_names_its_visitor():
    fields = ("From: 'Shop' via Help <help@lists.example>", "Reply-To: Mo Strict <mo@strict.example>",
              "X-Original-From: Shop <noreply@shop.example>", "List-ID: <help.lists.example>")  # fmt: skip
    assert MO == read(*fields).named_author
    assert MO == read(*fields, "X-Original-Sender: wordpress@shop.example").named_author
    alone = read(fields[0], "Reply-To: help@lists.example", *fields[2:])
    assert "noreply@shop.example" == alone.named_author.mailbox


def test_a_maker_of_forms_may_say_by_which_program():
    message = read(
        "From: Forms <a1@zapiermail.com>", "Reply-To: Mo Strict <mo@strict.example>", "X-Mailer: Z 1"
    )
    assert message.impersonal


SOFTWARE = (
    "X-WPCF7-Content-Type: text/plain",
    "X-PHP-Originating-Script: 1000:class-phpmailer.php",
    "X-PHP-Script: shop.example/contact.php for 203.0.113.4",
    "X-Mailer: PHPMailer 6.9.1 (https://github.com/PHPMailer/PHPMailer)",
    "X-Mailer: WPMailSMTP/Mailer/smtp 4.1",
    "X-Mailer: PHP/8.2.1",
    "X-Mailer: Drupal",
)


@pytest.mark.parametrize("field", SOFTWARE)
def test_what_the_software_of_a_site_sent_from_its_owners_address_is_no_authors(field):
    message = read("From: Shop <info@shop.example>", "Reply-To: Mo Strict <mo@strict.example>", field)
    assert MO == message.named_author
    assert message.impersonal


def test_of_an_address_that_holds_anothers_the_other_is_the_author():
    message = read(
        "From: Mo Strict via groups.example <mo=strict.example@groups.example>",
        "Reply-To: team@groups.example, mo@strict.example",
        "Mailing-List: list team@groups.example; contact team+owner@groups.example",
        "List-Id: <team.groups.example>",
    )
    assert MO.mailbox == message.named_author.mailbox
    assert message.impersonal


PEOPLE = {
    "a person who answers, by a program that sites use, too": (
        "From: mo@work.example", "Reply-To: case+1@crm.example", "X-Mailer: PHPMailer 6.9.1",
        "In-Reply-To: <1@desk.example>",
    ),
    "a person at webmail": (
        "From: mo@work.example", "Reply-To: mo@strict.example", "User-Agent: Roundcube Webmail/1.6.9",
        "X-PHP-Originating-Script: 0:rcube.php",
    ),
    "a person whose program is no site's": (
        "From: mo@work.example", "Reply-To: mo@strict.example", "X-Mailer: Apple Mail (2.3826)",
    ),
    "a person whose address begins so": ("From: formosa@shop.example", "Reply-To: mo@strict.example"),
    "a person who works for the mail": ("From: emailteam@shop.example", "Reply-To: mo@strict.example"),
    "a person with another address": ("From: mo@work.example", "Reply-To: mo@strict.example"),
    "a person over a list": (
        "From: mo@work.example", "Reply-To: help@lists.example", "List-Id: <help.lists.example>",
    ),
    "a person whose name only holds the word": ("From: platform@shop.example", "Reply-To: mo@strict.example"),
    "a person of a small house": ("From: contact@shop.example", "Reply-To: mo@shop.example"),
    "a person of a small house who answers": (
        "From: contact@shop.example", "Reply-To: mo@strict.example", "In-Reply-To: <1@desk.example>",
    ),
    "a person of a small house with a program": (
        "From: contact@shop.example", "Reply-To: mo@strict.example", "X-Mailer: Microsoft Outlook 16.0",
    ),
    "a person who works for a maker of forms": ("From: mo@zapier.com", "Reply-To: team@zapier.com"),
    "a person whose house is called like a maker": ("From: mo@nozapier.com", "Reply-To: mo@strict.example"),
    "a person who makes contacts": ("From: contact-lenses@shop.example", "Reply-To: mo@strict.example"),
    "a list of another name": (
        "From: help@lists.example", "Reply-To: mo@strict.example", "List-Id: <other.lists.example>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_in_from_is_a_person_whatever_stands_beside(name):
    assert not read(*PEOPLE[name]).impersonal


NOBODY = {
    "a list, and another person in Cc": (
        "From: No Reply via Help <no-reply@shop.example>",
        "Cc: Eve <eve@evil.example>",
        "List-Id: <no-reply.shop.example>",
    ),
    "nobody else": ("From: no-reply@shop.example",),
    "the same again": ("From: no-reply@shop.example", "Reply-To: No-Reply@shop.example"),
    "a crowd": (
        "From: no-reply@shop.example",
        "Reply-To: a@x.example, b@x.example, c@x.example, d@x.example",
    ),
    "what is no address": ("From: no-reply@shop.example", "Reply-To: nobody at all"),
}


@pytest.mark.parametrize("name", NOBODY)
def test_where_nobody_is_named_from_stands(name):
    message = read(*NOBODY[name])
    assert message.named_author is None
    assert "no-reply@shop.example" == message.sender.mailbox
