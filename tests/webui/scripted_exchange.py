"""An exchange that does as the test says, on a real control socket."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from firmware.config.history import History
from firmware.contract import call_requests, events, views
from firmware.contract import control as c
from firmware.contract.errors import ConfigurationRefused, RequestRefused, TipringError
from firmware.contract.mail import MailView, ReadMail, TryMail
from firmware.contract.texts import Text
from tests.webui import scripted_backups

ALWAYS: Final[dict[str, Any]] = {
    "list-bundles": {"bundles": [], "last": None},
    "try-arrival": {"steps": [{"code": "preview.blocked", "args": {}}]},
    "try-dialling": {
        "number": "+441632960077",
        "kind": "fixed",
        "lines": [{"line_id": "gsm-1", "cost_per_minute": 0.05}],
    },
    "record-prompt": {"recording_id": "01KA0000000000000000000009", "state": "ringing"},
    "read-prompt-recording": {
        "recording_id": "01KA0000000000000000000009",
        "state": "ready",
        "sound": "ab" * 32,
    },
    "read-levels": {
        "talking": True,
        "received": {"speech_dbm0": -29.0, "gain_db": 0, "suggested_db": 9},
        "sent": {"speech_dbm0": -20.0, "gain_db": 0, "suggested_db": 0},
    },
}
"""Verb -> what it is answered with, whatever else was asked; all others: nothing."""


class ScriptedExchange:
    """Holds a snapshot that `publish` keeps true; remembers all it was asked."""

    def __init__(self, state: Path) -> None:
        self._path = state / "run" / "control.sock"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._history = History(state)
        self._state = state
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._followers: set[asyncio.StreamWriter] = set()
        self.asked: list[c.AnyRequest] = []
        self.refusals: dict[str, Text] = {}
        """Verb -> the problem it is answered with."""
        self._kept: dict[int, bytes] = {}
        self.mail = MailView()
        self.snapshot = views.Snapshot(epoch="first", seq=0, office="Practice office", country="GB")

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._attend, self._path, limit=1 << 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.die()

    async def die(self) -> None:
        """Be gone, like a killed process: the socket closes on everybody."""
        if self._server is not None:
            self._server.close()
            for writer in self._clients.copy():
                writer.close()
            await self._server.wait_closed()
            self._path.unlink(missing_ok=True)
            self._server = None

    async def come_back(self, epoch: str) -> None:
        self.snapshot = self.snapshot.model_copy(update={"epoch": epoch, "seq": 0, "calls": ()})
        self._kept = {}
        await self.__aenter__()

    def publish(self, event: events.AnyEvent, **snapshot: Any) -> None:
        """Tell all followers; `snapshot` is what a later snapshot shall say."""
        change = {**snapshot, "seq": self.snapshot.seq + 1}
        self.snapshot = self.snapshot.model_copy(update=change)
        numbered = events.NumberedEvent(
            epoch=self.snapshot.epoch, seq=self.snapshot.seq, event=event
        )
        self._kept[numbered.seq] = numbered.to_line()
        for writer in self._followers:
            writer.write(numbered.to_line())

    def babble(self, nonsense: bytes) -> None:
        """Say something to all followers that no exchange would."""
        for writer in self._followers:
            writer.write(nonsense)

    def call(self, call: views.CallView) -> None:
        others = tuple(one for one in self.snapshot.calls if one.call_id != call.call_id)
        up = call.phase is not views.CallPhase.ENDED
        self.publish(events.CallEvent(call=call), calls=(*others, call) if up else others)

    def trial_runs_out(self) -> None:
        """Nobody confirmed: what was live before the trial is live again."""
        pending = self._history.pending()
        assert pending is not None, "no configuration is on trial"
        back = self._history.roll_back_if_due(pending.until)
        assert back is not None
        self._config_is(back[0].number, None)

    def requests(self, kind: type[Any]) -> list[Any]:
        return [request for request in self.asked if isinstance(request, kind)]

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            while line := await reader.readline():
                request = c.REQUESTS.validate_python(json.loads(line))
                self.asked.append(request)
                answer = self._answer(request)
                writer.write(answer.to_line())
                if isinstance(request, c.Follow) and answer.problem is None:
                    writer.writelines(self._missed(request.after))
                    self._followers.add(writer)
        except (ConnectionError, asyncio.CancelledError):
            return
        finally:
            self._clients.discard(writer)
            self._followers.discard(writer)
            writer.close()

    def _missed(self, after: int) -> list[bytes]:
        return [line for seq, line in self._kept.items() if seq > after]

    def _answer(self, request: c.AnyRequest) -> c.Answer:
        refusal = self.refusals.get(request.do)
        if refusal is not None:
            return c.Answer(re=request.id, problem=refusal)
        try:
            if isinstance(request, c.Follow):
                self._check_follow(request)
            return c.Answer(re=request.id, ok=self._carry_out(request))
        except ConfigurationRefused as refused:
            return c.Answer(re=request.id, problem=refused.text, faults=refused.faults)
        except TipringError as error:
            return c.Answer(re=request.id, problem=error.text)

    def _carry_out(self, request: c.AnyRequest) -> Any:
        match request:
            case c.TakeSnapshot():
                return self.snapshot.model_dump(mode="json")
            case c.CheckConfig():
                return {"faults": self._faults(request.toml)}
            case c.ApplyConfig():
                return self._apply(request)
            case c.ConfirmConfig():
                self._confirm(request)
            case c.RestoreConfig():
                return self._restore(request)
            case _:
                return self._of_features(request)
        return None

    def _of_features(self, request: c.AnyRequest) -> Any:
        if isinstance(request, scripted_backups.BACKUP_REQUESTS):
            return scripted_backups.carry_out(self._state, request)
        match request:
            case call_requests.AddCallNote():
                return {"note_id": "01JD7Z0000000000000000N0TE"}
            case ReadMail() | TryMail():
                return self.mail.model_dump(mode="json")
            case c.SelfTestRequest():
                finding = Text(code="gsm.signal", args={"dbm": -71})
                return {"passed": True, "findings": [finding.model_dump()]}
            case _:
                return ALWAYS.get(request.do)

    def _check_follow(self, request: c.Follow) -> None:
        if request.epoch != self.snapshot.epoch:
            raise RequestRefused("control.start-again")

    def _faults(self, toml: str) -> list[dict[str, Any]]:
        try:
            self._history.check(toml)
        except ConfigurationRefused as refused:
            return [fault.model_dump() for fault in refused.faults]
        return []

    def _apply(self, request: c.ApplyConfig) -> dict[str, int]:
        now = datetime.now(UTC)
        within = request.confirm_within_s
        until = now + timedelta(seconds=within) if within else None
        version, _ = self._history.apply(
            request.toml,
            request.who,
            now,
            comment=request.comment,
            based_on=request.based_on,
            confirm_until=until,
        )
        self._config_is(version.number, until)
        return {"version": version.number}

    def _restore(self, request: c.RestoreConfig) -> dict[str, int]:
        now, within = datetime.now(UTC), request.confirm_within_s
        until = now + timedelta(seconds=within) if within else None
        version, _ = self._history.restore(request.version, request.who, now, confirm_until=until)
        self._config_is(version.number, until)
        return {"version": version.number}

    def _confirm(self, request: c.ConfirmConfig) -> None:
        self._history.confirm(request.version)
        self._config_is(request.version, None)

    def _config_is(self, version: int, until: datetime | None) -> None:
        event = events.ConfigEvent(version=version, unconfirmed_until=until)
        self.publish(event, config_version=version, config_unconfirmed_until=until)
