"""The pages of several brands: the form by its host or by name, and a ticket's pages as its brand's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from brand_desk import ALL, BRANDS, LIN, BrandDesk
from flask.testing import FlaskClient

from intake.desk import lifecycle
from intake.web import make_app

BOXES = {"alpha": "alpha", "beta": "beta", "gamma": "support"}
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10" + b"\0" * 64


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[BrandDesk]:
    (tmp_path / "alpha.png").write_bytes(PNG)
    made = BrandDesk(tmp_path / "one", alpha=f"logo = {tmp_path / 'alpha.png'}")
    yield made
    made.close()


@pytest.fixture
def client(desk: BrandDesk) -> FlaskClient:
    return make_app(desk.desk, patience=0).test_client()


def strangers(page: str, own: str) -> list[str]:
    return [name for name in ALL if name != own and name in page.lower()]


def at(own: str) -> str:
    return f"https://help.{own}.example"


def pages_of(desk: BrandDesk, own: str) -> dict[str, str]:
    """Return the paths of all pages of a ticket of a brand, and of its form."""
    number = desk.asks(BOXES[own])
    ticket = desk.store.tickets.get(number)
    assert ticket is not None
    links, now = desk.desk.links, desk.clock.now
    desk.service.act(lifecycle.close(ticket, "Anna", "k"))
    desk.clock.later(days=6)
    desk.deliver()
    closed = desk.store.tickets.get(number)
    assert closed is not None
    there = {
        "ticket": links.progress(ticket, now, mailed=True),
        "survey": links.survey(closed, now),
        "form": f"{at(own)}/",
        "embed": f"{at(own)}/embed",
        "missing": f"{at(own)}/nothing",
        "widget": f"{at(own)}/widget.js",
        "style": f"{at(own)}/brand.css",
    }
    there["thanks"] = f"{there['survey']}/thanks"
    assert [] == [link for link in there.values() if not link.startswith(f"{at(own)}/")]
    return {name: link.removeprefix(at(own)) for name, link in there.items()}


@pytest.mark.parametrize("own", ALL)
@pytest.mark.parametrize("host", ALL)
def test_no_page_of_a_ticket_shows_another_brand(
    own: str, host: str, desk: BrandDesk, client: FlaskClient
) -> None:
    for name, path in pages_of(desk, own).items():
        # A ticket's pages are its brand's at whatever host they are asked for; others are the host's.
        secret = name in ("ticket", "survey", "thanks")
        answer = client.get(path, base_url=at(host))
        assert answer.status_code == (404 if name == "missing" else 200), name
        expected = own if secret else host
        assert [] == strangers(answer.text.replace(f"help.{host}", ""), expected), name
        if name not in ("style", "widget"):
            title = re.search(r'<p class="desk">.*<span>(.*)</span>', answer.text)
            assert title, name
            assert title[1].lower().startswith(expected), name


@pytest.mark.parametrize("own", ALL)
def test_a_form_is_of_the_brand_of_its_host(own: str, desk: BrandDesk, client: FlaskClient) -> None:
    send(desk, client, "/", at(own))
    desk.service.tick()
    assert BOXES[own] == desk.store.ledger.list_messages()[0].mailbox


@pytest.mark.parametrize("own", BRANDS)
def test_where_brands_share_a_host_the_link_to_the_form_names_it(
    own: str, desk: BrandDesk, client: FlaskClient
) -> None:
    """Links within its pages keep it: the other languages, the post, and what comes after it."""
    page = client.get(f"/?brand={own}", base_url=at("gamma")).text
    assert [] == strangers(page, own)
    links = re.findall(r'(?:href|action)="(/\?[^"]+)"', page)
    assert links
    assert all(f"brand={own}" in link for link in links)
    sent = send(desk, client, f"/?brand={own}", at("gamma"))
    assert f"brand={own}" in sent
    assert BOXES[own] == desk.store.ledger.list_messages()[0].mailbox
    after = client.get(sent, base_url=at("gamma")).text
    assert [] == strangers(after, own)
    assert f"brand={own}" in client.get(f"/?brand={own}", base_url=at("gamma")).text


def test_a_brand_that_nobody_knows_is_no_brand(desk: BrandDesk, client: FlaskClient) -> None:
    answer = client.get("/?brand=<b>omega", base_url=at("alpha"))
    assert 200 == answer.status_code
    assert "Alpha Help" in answer.text
    assert "omega" not in answer.text


def test_each_brand_has_its_own_colours_and_logo(desk: BrandDesk, client: FlaskClient) -> None:
    styles = {own: client.get("/brand.css", base_url=at(own)).text for own in BRANDS}
    assert 2 == len(set(styles.values()))
    assert PNG == client.get("/logo", base_url=at("alpha")).data
    assert 404 == client.get("/logo", base_url=at("beta")).status_code
    assert PNG == client.get("/logo?brand=alpha", base_url=at("gamma")).data


def test_the_page_of_a_ticket_links_to_its_own_form_and_looks(desk: BrandDesk, client: FlaskClient) -> None:
    ticket = pages_of(desk, "beta")["ticket"]
    page = client.get(ticket, base_url=at("gamma")).text
    assert "/brand.css?" in page
    assert "brand=beta" in page
    at_home = client.get(ticket, base_url=at("beta")).text
    assert "brand=beta" not in at_home


def test_a_post_from_the_page_of_another_site_is_still_refused(desk: BrandDesk, client: FlaskClient) -> None:
    page = client.get("/", base_url=at("alpha")).text
    fields = {"token": token_of(page), **FIELDS}
    desk.clock.later(seconds=30)
    refused = client.post("/", data=fields, base_url=at("alpha"), headers={"Origin": "https://evil.example"})
    assert 403 == refused.status_code
    taken = client.post("/", data=fields, base_url="http://127.0.0.1:8080", headers={"Origin": at("alpha")})
    assert 303 == taken.status_code


FIELDS = {"name": "Lin", "email": LIN, "subject": "My coins", "message": "Please help."}


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def send(desk: BrandDesk, client: FlaskClient, path: str, base: str) -> str:
    """Fill in and send a form; return where its page leads."""
    page = client.get(path, base_url=base).text
    action = re.search(r'<form[^>]*action="([^"]+)"', page)
    assert action
    desk.clock.later(seconds=30)
    data = {"token": token_of(page), **FIELDS}
    answer = client.post(action[1].replace("&amp;", "&"), data=data, base_url=base)
    assert 303 == answer.status_code
    return answer.headers["Location"]
