"""What would happen if somebody called: the way through routing and flows, without a call.

The same rules, hours and nodes that serve real callers decide; nothing is dialled, played
or written down. What a trial cannot know (does anybody pick up, is a message left?) is
told to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from firmware.calls.dialled import Meaning, understand
from firmware.calls.routing_in import Arrival, normalised, route_in
from firmware.config import flows as f
from firmware.config.callers import CallerClass
from firmware.config.flow_callback import CallBack
from firmware.config.flow_email import SendEmail
from firmware.config.flow_form import Form
from firmware.config.flow_node import NodeBase, filled
from firmware.config.flow_values import CompareValue, ProveHuman, SetValue
from firmware.config.flow_web import AskWeb
from firmware.config.model import Config
from firmware.config.opening import is_open
from firmware.config.routes_in import Destination
from firmware.contract.texts import Text

SILENCE: Final = ""


class People(StrEnum):
    """What whoever is rung does in the trial."""

    ANSWER = "answer"
    NO_ANSWER = "no-answer"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Trial:
    """A call that might come in. Each of `keys` answers one question; "" is silence."""

    line_id: str
    calling: str | None
    called: str | None
    at: datetime
    keys: tuple[str, ...] = ()
    people: People = People.ANSWER
    flow: str | None = None
    """Begin here, whatever the routing says."""
    web: str | None = None
    """What web addresses answer in the field that is asked for; None: they do not answer."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A prompt the caller hears, in a language."""

    prompt: str
    language: str


@dataclass(frozen=True, slots=True)
class Passed:
    """One thing that happens; in a flow with its node and the exit taken (None: it ends there)."""

    what: Text
    flow: str | None = None
    node: str | None = None
    exit: str | None = None
    heard: tuple[Heard, ...] = ()


def try_out(trial: Trial, config: Config) -> tuple[Passed, ...]:
    """Return what happens, step by step, to the end of the call or of the keys given."""
    return tuple(_Walk(trial, config).steps())


class _Walk:
    def __init__(self, trial: Trial, config: Config) -> None:
        self._trial, self._config = trial, config
        self._keys = list(trial.keys)
        self._language: str = config.office.languages[0]
        self._heard: list[Heard] = []
        self._values: dict[str, str] = {}

    def steps(self) -> Iterator[Passed]:
        if self._trial.flow is not None:
            yield from self._flow(self._trial.flow)
            return
        calling = normalised(self._trial.calling, self._config)
        trial = self._trial
        routed = route_in(Arrival(trial.line_id, calling, trial.called, trial.at), self._config)
        if routed.to is None:
            blocked = routed.caller is CallerClass.BLOCKED
            yield Passed(Text(code="route.blocked" if blocked else "route.nothing-fits"))
            return
        if routed.rule is not None:
            yield Passed(Text(code="route.in", args={"rule": routed.rule}))
        yield from self._destination(routed.to)

    def _destination(self, to: Destination) -> Iterator[Passed]:
        if to.flow is not None:
            yield from self._flow(to.flow)
        elif to.extension is not None:
            yield Passed(Text(code="trial.rings", args={"whom": to.extension}))
        elif to.group is not None:
            yield Passed(Text(code="trial.rings", args={"whom": to.group}))
        elif to.voicemail is not None:
            yield Passed(Text(code="trial.message", args={"mailbox": to.voicemail}))
        else:
            yield Passed(Text(code="route.hang-up"))

    def _flow(self, flow: str) -> Iterator[Passed]:
        found = self._config.flows.get(flow)
        place: tuple[str, str] | None = (flow, found.start) if found else None
        for _ in range(f.MAX_STEPS):
            if place is None:
                return
            passed, place = self._node(*place)
            yield passed
        yield Passed(Text(code="ivr.went-in-circles", args={"flow": flow}))

    def _node(self, flow: str, name: str) -> tuple[Passed, tuple[str, str] | None]:
        node = self._config.flows[flow].nodes[name]
        if isinstance(node, f.GoTo):
            start = node.node or self._config.flows[node.flow].start
            what = Text(code="trial.goes-to", args={"flow": node.flow, "node": start})
            return Passed(what, flow, name, "flow"), (node.flow, start)
        self._heard = []
        what, exit_name = self._serve(node)
        to = node.exits().get(exit_name) if exit_name is not None else None
        passed = Passed(what, flow, name, exit_name if to else None, tuple(self._heard))
        return passed, (flow, to) if to else None

    def _serve(self, node: f.Node) -> tuple[Text, str | None]:  # noqa: C901  one case a node type
        """Return what happens at a node and the exit taken, None where the call ends there."""
        match node:
            case f.Play():
                self._say(node.prompt)
                return Text(code="trial.said"), "next"
            case f.Menu():
                return self._menu(node)
            case f.Collect():
                return self._collect(node)
            case f.Hours():
                opened = is_open(self._config, node.timetable, self._trial.at)
                code = "trial.open" if opened else "trial.closed"
                said = Text(code=code, args={"timetable": node.timetable})
                return said, "open" if opened else "closed"
            case f.ChooseLanguage():
                self._language = node.language
                return Text(code="trial.language", args={"language": node.language}), "next"
            case Form():
                return self._form(node)
            case SendEmail():
                return Text(code="ivr.email-sent", args={"to": ", ".join(node.to)}), "next"
            case CallBack():
                return self._call_back(node)
            case SetValue():
                self._values[node.variable] = filled(node.value, self._value)
                shown = {"variable": node.variable, "value": self._values[node.variable]}
                return Text(code="trial.value-set", args=shown), "next"
            case CompareValue():
                return self._compare(node)
            case AskWeb():
                return self._ask_web(node)
            case ProveHuman():
                return self._prove_human(node)
            case f.Connect():
                return self._connect(node)
            case f.TakeMessage():
                self._say(node.greeting)
                return Text(code="trial.message", args={"mailbox": node.mailbox}), "next"
            case f.HangUp():
                self._say(node.prompt)
                return Text(code="route.hang-up"), None
            case _:
                return self._unforeseen(node)

    def _menu(self, node: f.Menu) -> tuple[Text, str | None]:
        leave = "timeout"
        for _ in range(node.retries + 1):
            self._say(node.prompt)
            keys = self._next_keys()
            if keys == SILENCE:
                leave = "timeout"
                continue
            said = Text(code="trial.pressed", args={"keys": keys})
            if keys in node.keys:
                return said, f"keys.{keys}"
            if node.dial_extension and self._config.extension(keys) is not None:
                return Text(code="trial.rings", args={"whom": keys}), None
            leave = "invalid"
            self._say(node.invalid_prompt)
        code = "trial.silent" if leave == "timeout" else "trial.wrong-keys"
        return Text(code=code, args={"tries": node.retries + 1}), leave

    def _collect(self, node: f.Collect) -> tuple[Text, str | None]:
        leave = "timeout"
        for _ in range(node.retries + 1):
            self._say(node.prompt)
            digits = self._next_keys()[: node.max_digits]
            if node.terminator:
                digits = digits.partition(node.terminator)[0]
            if len(digits) >= node.min_digits:
                self._values[node.variable] = digits
                shown = "•" * len(digits) if node.secret else digits
                return Text(code="trial.pressed", args={"keys": shown}), "next"
            leave = "invalid" if digits else "timeout"
            if digits:
                self._say(node.invalid_prompt)
        code = "trial.silent" if leave == "timeout" else "trial.wrong-keys"
        return Text(code=code, args={"tries": node.retries + 1}), leave

    def _form(self, node: Form) -> tuple[Text, str | None]:
        """Spoken answers are always given; each digits question takes the next keys."""
        for question in node.questions:
            self._say(question.prompt)
            if question.answer == "voice":
                continue
            keys = self._next_keys()[: question.max_digits].partition("#")[0]
            if keys == SILENCE:
                return Text(code="form.not-answered", args={"question": question.name}), "timeout"
            self._values[question.name] = keys
        return Text(code="trial.form"), "next"

    def _call_back(self, node: CallBack) -> tuple[Text, str | None]:
        number = self._value(node.variable or "caller")
        if understand(number, self._config).meaning is not Meaning.OUTSIDE:
            return Text(code="callback.no-number"), "failed"
        self._say(node.prompt)
        return Text(code="callback.promised", args={"number": number}), "next"

    def _compare(self, node: CompareValue) -> tuple[Text, str | None]:
        holds = node.holds(self._value(node.variable))
        code = "ivr.value-holds" if holds else "ivr.value-differs"
        return Text(code=code, args={"variable": node.variable}), "yes" if holds else "no"

    def _ask_web(self, node: AskWeb) -> tuple[Text, str | None]:
        self._say(node.prompt)
        answer = self._trial.web
        if answer is None:
            return Text(code="trial.web-silent"), "failed"
        if node.variable is not None:
            self._values[node.variable] = answer
        matches = node.matches is not None and node.is_expected(answer)
        said = Text(code="trial.web-answers", args={"value": answer})
        return said, "matches" if matches else "next"

    def _prove_human(self, node: ProveHuman) -> tuple[Text, str | None]:
        """No trial knows which key will be said: any key is the right one."""
        for _ in range(node.retries + 1):
            self._say(node.prompt)
            if self._next_keys() != SILENCE:
                return Text(code="ivr.human"), "next"
        return Text(code="ivr.not-human"), "failed"

    def _value(self, name: str) -> str:
        trial = self._trial
        given = {
            "caller": normalised(trial.calling, self._config),
            "called": trial.called,
            "line": trial.line_id,
            "language": self._language,
        }
        return self._values.get(name) or given.get(name) or ""

    def _connect(self, node: f.Connect) -> tuple[Text, str | None]:
        whom = {"whom": ", ".join(node.extensions) or node.group or node.number or ""}
        self._say(node.music)
        if self._trial.people is People.ANSWER:
            return Text(code="trial.answers", args=whom), None
        busy = self._trial.people is People.BUSY
        said = Text(code="trial.busy" if busy else "trial.no-answer", args=whom)
        if busy and node.busy is not None:
            return said, "busy"
        return said, "no_answer"

    def _unforeseen(self, node: NodeBase) -> tuple[Text, str | None]:
        """A kind of node no trial can play: it says its prompts and goes on at its first exit."""
        for prompt in node.prompts().values():
            self._say(prompt)
        return Text(code="trial.passes"), next(iter(node.exits()), None)

    def _say(self, prompt: str | None) -> None:
        if prompt is not None:
            self._heard.append(Heard(prompt, self._language))

    def _next_keys(self) -> str:
        return self._keys.pop(0) if self._keys else SILENCE
