"""The page of a ticket with an incident: what is done about it, and when its victim hears of us next."""

from dataclasses import replace

from web_desk import Clock, MakeDesk

from intake.app import build
from intake.desk.incident import plan
from intake.desk.incident.kinds import STEPS, IncidentKind, StepState
from intake.desk.message import Envelope
from intake.desk.text.language import LANGUAGES
from intake.ports import Arrival
from intake.web import make_app

MAIL = (
    b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: A question\r\n\r\nHello.\r\n"
)


def test_the_page_shows_the_steps_and_the_next_report_and_nothing_for_agents(
    make_desk: MakeDesk, clock: Clock
) -> None:
    desk = build(make_desk("base_url = https://help.example", "[incident leak]\nsteps = audit_logs").settings)
    desk.service = replace(desk.service, clock=clock)
    desk.service.receive([Arrival(MAIL, Envelope("imap", "support"))])
    desk.service.tick()
    client = make_app(desk, patience=0).test_client()

    def page(language: str = "en") -> str:
        ticket = desk.store.tickets.get(1)
        assert ticket is not None
        link = desk.links.progress(ticket, desk.service.clock(), mailed=True)
        return client.get(link.removeprefix("https://help.example"), query_string={"lang": language}).text

    def act(*made: object) -> None:
        desk.service.act(list(made))  # type: ignore[arg-type]

    def start(kind: IncidentKind) -> None:
        ticket = desk.store.tickets.get(1)
        assert ticket is not None
        act(*plan.start(ticket, kind, "Anna", kind.value, desk.policy, (), clock.now))

    assert "hear from us again" not in page()
    seen = set()
    for kind in IncidentKind:
        start(kind)
        known = desk.store.incidents.of_ticket(1)
        assert known is not None
        if kind is not IncidentKind.LEAK:
            assert STEPS[kind] == tuple(step.name for step in known.steps)
            for language in LANGUAGES:
                # Every shipped step has words in every language, and none shows its bare name.
                html = page(language)
                assert not [step.name for step in known.steps if f'"step">{step.name}<' in html], language
                seen.add((kind, html.partition('id="incident-title">')[2].partition("</section>")[0]))
        if kind is IncidentKind.STOLEN:
            act(*plan.step(known, "wallet", StepState.DONE, "Anna"))
            act(*plan.step(known, "police", StepState.NO, "Anna", "between us: hopeless"))
            html = page()
            assert "You will hear from us again by:" in html
            assert "New wallet on a clean device" in html
            assert "Report to the police" not in html
            assert "hopeless" not in html
            assert "Anna" not in html
        if kind is IncidentKind.LEAK:
            assert '<span class="step">audit_logs</span>' in page()
        act(*plan.end(known, "Anna"))
        assert "hear from us again" not in page()
    assert 3 * len(LANGUAGES) == len(seen)
    desk.store.close()
