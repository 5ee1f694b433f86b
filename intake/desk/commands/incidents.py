"""`#incident`, `#step` and `#report`: an incident is started, worked off and ended by replies."""

from intake.desk.commands.grammar import CommandContext, CommandSpec, Refused, alone
from intake.desk.commands.ticket import without_secret
from intake.desk.effects import Effect
from intake.desk.incident import plan
from intake.desk.incident.kinds import Incident, IncidentKind, StepState
from intake.desk.lookup import LookupRequest
from intake.desk.text.argument_words import native, spelled
from intake.desk.text.said import joined, said

_END = "end"
_KINDS = tuple(kind.value for kind in IncidentKind)
_WORDS = {**native(*_KINDS, _END), **{word: word for word in (*_KINDS, _END)}, "theft": "stolen"}
_STATES = {
    **native("done", "no"),
    **{state.value: state.value for state in StepState},
    **dict.fromkeys(("ok", "yes", "是"), StepState.DONE.value),
}
# A reason is a sentence.
MOST_REASON = 300


def read_kind(text: str) -> str:
    """Read the kind of an incident, or that it ends."""
    word = text.strip(" .。").casefold()
    if word not in _WORDS:
        raise Refused(said("it needs one of: {words}", words=joined(map(spelled, (*_KINDS, _END)), ", ")))
    return _WORDS[word]


def wants(argument: str) -> LookupRequest:
    """Ask for the incident of the ticket at hand."""
    return LookupRequest(incident=True)


def incident(scene: CommandContext, argument: str) -> list[Effect]:
    """Start an incident in the ticket, or end the one there is."""
    if argument == _END:
        return plan.end(open_one(scene), scene.by)
    known = scene.looked.incident
    if known is not None and known.open:
        raise Refused(said("an incident ({kind}) goes on in this ticket already", kind=known.kind.value))
    security = scene.policy.triage.security_team
    members = [agent for agent in scene.looked.agents if not agent.teams or security in agent.teams]
    agents = members if security else scene.team
    readers = [agent for agent in agents if scene.agent is None or agent.id != scene.agent.id]
    kind = IncidentKind(argument)
    return plan.start(scene.ticket, kind, scene.by, scene.key, scene.policy, readers, scene.now)


def read_step(text: str) -> str:
    """Read the name of a step and what became of it: "revoke", "revoke done", "police no not wanted"."""
    name, _, rest = text.strip().partition(" ")
    word, _, reason = rest.strip().partition(" ")
    state = _STATES.get(word.strip(":：,，.。").casefold(), "") if word else StepState.DONE.value
    reason = reason.strip()
    if not name or not state or (state == StepState.NO.value and not reason):
        raise Refused(said("it needs the name of a step, then done, open, or no and a reason"))
    if len(reason) > MOST_REASON:
        raise Refused(said("a reason has at most {most} characters", most=MOST_REASON))
    return f"{name} {state} {without_secret(reason)}".strip()


def step(scene: CommandContext, argument: str) -> list[Effect]:
    """Set the state of a step of the ticket's incident."""
    known = open_one(scene)
    written, state, *reason = argument.split(" ", 2)
    name = plan.step_called(known, written)
    if not name:
        names = ", ".join(each.name for each in known.steps)
        raise Refused(said("there is no step “{name}”. Steps here: {names}", name=written, names=names))
    return plan.step(known, name, StepState(state), scene.by, reason[0] if reason else "")


def report(scene: CommandContext, argument: str) -> list[Effect]:
    """Hold that the text below is a report: it must be there, and an incident to report of."""
    open_one(scene)
    if not scene.public:
        raise Refused(said("write the report below it"))
    return []


def open_one(scene: CommandContext) -> Incident:
    """Return the ticket's open incident. Raises Refused where there is none."""
    known = scene.looked.incident
    if known is None or not known.open:
        raise Refused(said("no incident goes on in this ticket; #incident KIND starts one"))
    return known


INCIDENTS: tuple[CommandSpec, ...] = (
    CommandSpec(
        "incident",
        "stolen|phishing|leak|fraud|end",
        "Start an incident: urgent, with steps, reports and a first email to the requester; or end it.",
        "启动安全事件：设为紧急，带步骤和定期通报，并立即给客户发第一封信；或结束事件。",
        "啟動安全事件：設為緊急，含步驟與定期通報，並立即寄給客戶第一封信；或結束事件。",
        ("事件",),
        incident,
        read_kind,
        wants,
        first=True,
    ),
    CommandSpec(
        "step",
        "NAME [done|no REASON]",
        "Mark a step of the incident as done, or as not needed.",
        "把安全事件的某个步骤标为完成或不需要。",
        "將安全事件的某個步驟標為完成或不需要。",
        ("步骤", "步驟"),
        step,
        read_step,
        wants,
        first=True,
    ),
    CommandSpec(
        "report",
        "",
        "Send the text below to the requester as a report on the incident.",
        "把下面的文字作为安全事件的通报发给客户。",
        "將下面的文字作為安全事件的通報寄給客戶。",
        ("通报", "通報"),
        report,
        alone,
        wants,
        first=True,
    ),
)
