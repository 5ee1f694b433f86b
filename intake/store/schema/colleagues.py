"""Who watches a ticket, and what agents are told of each other. See `intake.store.schema.tables`."""

from collections.abc import Mapping
from datetime import datetime

import peewee
from peewee import AutoField, CompositeKey, IntegerField

from intake.store.schema.fields import Moment, Pairs, TextColumn


def _ref(table: str) -> list[peewee.Node]:
    return [peewee.SQL(f'REFERENCES "{table}" ("id")')]


class Watcher(peewee.Model):
    """An agent who gets a ticket's notifications because they asked for them."""

    ticket = IntegerField(constraints=_ref("ticket"))
    agent = IntegerField(constraints=_ref("agent"))

    class Meta:
        table_name = "watcher"
        primary_key = CompositeKey("ticket", "agent")


class ColleagueNews(peewee.Model):
    """What somebody did with a ticket, until all are told who are to be; then its row goes.

    `next_at` is when to look whom it is told to, `details` what else `desk.people_effects` has of it.
    """

    id = AutoField()
    ticket = IntegerField(index=True, constraints=_ref("ticket"))
    happened: TextColumn[str] = TextColumn()
    by: TextColumn[str] = TextColumn()
    actor = IntegerField(null=True)
    details: Pairs[Mapping[str, str]] = Pairs(default={})
    at: Moment[datetime] = Moment()
    next_at: Moment[datetime] = Moment(index=True)

    class Meta:
        table_name = "colleague_news"


class ColleagueMark(peewee.Model):
    """Up to when an agent knows what colleagues did with a ticket, and when a mail last told them."""

    ticket = IntegerField(constraints=_ref("ticket"))
    agent = IntegerField(constraints=_ref("agent"))
    known_at: Moment[datetime] = Moment()
    told_at: Moment[datetime | None] = Moment(null=True)

    class Meta:
        table_name = "colleague_mark"
        primary_key = CompositeKey("ticket", "agent")


# In the order they must be made.
COLLEAGUE_TABLES: tuple[type[peewee.Model], ...] = (Watcher, ColleagueNews, ColleagueMark)
