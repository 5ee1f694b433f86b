"""The survey: `/survey/…` shows it and changes nothing, a post records the answer, and thanks."""

import logging

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from intake.desk import surveys
from intake.desk.sensitive.scan import hidden
from intake.desk.ticket import Ticket
from intake.desk.tokens import Purpose
from intake.ports import Temporary
from intake.views import SurveyRow
from intake.web import text
from intake.web.secret import SigningSecret
from intake.web.shared import RETRY_SECONDS

log = logging.getLogger("intake.web")

_SCORES = {str(score): score for score in surveys.SCORES}


class SurveyPages(SigningSecret):
    """The views of the survey."""

    def show(self, token: str) -> AnyResponse:
        """GET /survey/…?score=4: the faces, that one chosen. Whoever fetches it, nothing is recorded."""
        opened = self._survey(token)
        if opened is None:
            return self._pages.problem(404)
        ticket, row = opened
        chosen = _SCORES.get(request.args.get("score", ""), row.score)
        return self.page(200, token, ticket, row, chosen, hidden(row.comment), row.consent)

    def post(self, token: str) -> AnyResponse:
        """POST /survey/…: record the answer, in place of an earlier one."""
        opened = self._survey(token)
        if opened is None:
            return self._pages.problem(404)
        ticket, row = opened
        body = self._shared.body(0)
        chosen = _SCORES.get(body.fields.get("score", ""))
        comment = text.body(body.fields.get("comment", ""))
        consent = self._desk.policy.survey.ask_consent and body.fields.get("consent") == "yes"
        faults = [] if chosen else ["score_missing"]
        if len(comment) > surveys.MAX_COMMENT:
            faults.append("comment_long")
        status, note, wait = self._refusal(body.fields.get("token", ""), token)
        if not status and faults:
            status, note = 422, "note_faults"
        if not status and chosen:
            status, note, wait = self._record(ticket, row, surveys.Answer(chosen, comment, consent))
        if not status:
            language = self._language(ticket)
            return redirect(url_for("survey_thanks", token=token, lang=language), 303)
        return self.page(status, token, ticket, row, chosen, comment, consent, faults, note, wait)

    def thanks(self, token: str) -> AnyResponse:
        """GET /survey/…/thanks: the answer has arrived."""
        opened = self._survey(token)
        if opened is None:
            return self._pages.problem(404)
        ticket, row = opened
        language = self._language(ticket)
        return self._pages.page(
            "thanks",
            200,
            language,
            language_links=self._languages("survey_thanks", token),
            score=row.score,
            poor=row.score is not None and self._told(row.score),
            change=url_for("survey", token=token, lang=language),
        )

    def _told(self, score: int) -> bool:
        """Whether people were told of such a score, which only then may be said."""
        survey = self._desk.policy.survey
        return score <= survey.poor and survey.poor_action != "nothing"

    def _survey(self, token: str) -> tuple[Ticket, SurveyRow] | None:
        opened = self._opened(token, Purpose.SURVEY)
        if opened is None:
            return None
        row = self._desk.store.surveys.get(opened[0].ticket, opened[0].person)
        return None if row is None else (opened[1], row)

    def _record(self, ticket: Ticket, row: SurveyRow, answer: surveys.Answer) -> tuple[int, str, int]:
        earlier = surveys.Answer(row.score, row.comment, row.consent) if row.score is not None else None
        key = f"survey:{ticket.id}:{row.closing}"
        effects = surveys.answered(
            ticket, row.closing, answer, self._agents(ticket), self._desk.policy, key, earlier
        )
        try:
            if effects:
                self._desk.service.act(effects)
        except Temporary as err:
            log.warning("a survey answer could not be stored for now: %s", type(err).__name__)
            return 503, "note_later", RETRY_SECONDS
        return 0, "", 0

    def page(
        self,
        status: int,
        token: str,
        ticket: Ticket,
        row: SurveyRow,
        chosen: int | None,
        comment: str,
        consent: bool,
        faults: list[str] | None = None,
        note: str = "",
        wait: int = 0,
    ) -> Response:
        """Return the page with what was `chosen` and typed, and with what is wrong with it."""
        language = self._language(ticket)
        response = self._pages.page(
            "survey",
            status,
            language,
            language_links=self._languages("survey", token),
            number=ticket.id,
            scores=surveys.SCORES,
            chosen=chosen,
            answered=row.score is not None,
            comment=comment,
            consent=consent,
            ask_consent=self._desk.policy.survey.ask_consent,
            most=surveys.MAX_COMMENT,
            faults=faults or [],
            note=note,
            token=self._form_token(token),
            action=url_for("survey", token=token, lang=language),
        )
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response
