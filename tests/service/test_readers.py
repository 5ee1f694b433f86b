"""Who reads much is named to the admin, also who reads by mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIMITS, MailDesk

from intake.desk.reading import Reading
from intake.reports.readers import tell_readers
from intake.store.schema.acts import ReadLog


@pytest.fixture(params=["sqlite", "postgres"])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MailDesk]:
    url = request.getfixturevalue("postgres_url").replace("%", "%%") if request.param == "postgres" else ""
    more = f"{LIMITS}\nreads_per_day = 3\n"
    made = MailDesk(tmp_path / "desk", f"{more}[store]\nurl = {url}\n" if url else more)
    yield made
    made.close()


def counted(desk: MailDesk) -> list[tuple[str, str, int | None, int]]:
    rows = desk.desk.database.reads.rows()
    return sorted((row.who, row.kind, row.ticket, row.n) for row in rows)


def test_what_agents_ask_to_be_shown_is_counted_and_much_of_it_is_told_once(desk: MailDesk) -> None:
    desk.command("#show 1")
    desk.command("#search coins")
    desk.reply("#show")
    assert [(desk.agent, "search", None, 1), (desk.agent, "show", 1, 2)] == counted(desk)
    assert [] == list(tell_readers(desk.desk))

    desk.command("#show 1")
    assert len(tell_readers(desk.desk)) > 0
    desk.command("#show 1")
    assert [] == list(tell_readers(desk.desk))
    # Another day is another count; what is usual is not known after one.
    desk.clock.later(days=1)
    desk.command("#show 1")
    assert [] == list(tell_readers(desk.desk))


def test_a_customers_mail_reads_nothing_and_what_is_a_year_old_is_forgotten(desk: MailDesk) -> None:
    desk.customer("#show 1")
    assert [] == counted(desk)
    reads = desk.desk.database.reads
    reads.count("anna", Reading.RAW, 0, desk.clock.now)
    desk.clock.later(days=364)
    reads.forget(desk.clock.now)
    assert len(counted(desk)) == 1
    desk.clock.later(days=2)
    reads.forget(desk.clock.now)
    assert [] == list(desk.desk.database.db.rows(ReadLog.select()))
