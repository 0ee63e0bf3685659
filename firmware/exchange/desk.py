"""Carries out what page and command line ask; every change leaves a note in the audit."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue

from firmware.apps.codes.switching import code_views, switch_extension
from firmware.apps.voicemail.keeping import delete_message, mark_message
from firmware.calls.office import Office
from firmware.contract import bundles as b
from firmware.contract import call_requests, views
from firmware.contract import control as c
from firmware.contract.backups import DeleteBackup, ListBackups, MakeBackup, SetBackupKey
from firmware.contract.claim import TellClaimCode
from firmware.contract.errors import RequestRefused
from firmware.contract.flow_requests import CancelCallBack, ReadPromptRecording, RecordPrompt
from firmware.contract.line_care import ForgetLearnedTone, ReadLevels
from firmware.contract.mail import ReadMail, TryMail
from firmware.contract.message import LineId
from firmware.contract.messages import RunSelfTest, SelfTestDone
from firmware.contract.texts import Text
from firmware.contract.whereabouts import TryArrival, TryDialling
from firmware.exchange.backups import Backups
from firmware.exchange.call_keeping import CallKeeping
from firmware.exchange.calls_desk import CallsDesk
from firmware.exchange.flow_desk import FlowDesk
from firmware.exchange.incoming import IncomingBundles
from firmware.exchange.live_config import LiveConfig
from firmware.exchange.lookups import Lookups
from firmware.exchange.mail_desk import MailDesk

SELF_TEST_TIMEOUT_S: Final = 30.0


class ControlDesk:
    """Implements firmware.control.server.Desk. `backups` is set before anything is asked."""

    backups: Backups

    def __init__(
        self,
        office: Office,
        calls: CallsDesk,
        live: LiveConfig,
        bundles: IncomingBundles,
        mail: MailDesk,
        snapshot: Callable[[], views.Snapshot],
    ) -> None:
        self._office, self._calls, self._live, self._snapshot = office, calls, live, snapshot
        self._bundles, self._mail = bundles, mail
        self.lookups = Lookups(office)
        self._keeping = CallKeeping(office)
        self._flows = FlowDesk(office, calls)
        self._self_tests: dict[LineId, asyncio.Future[SelfTestDone]] = {}

    async def carry_out(self, request: c.AnyRequest) -> JsonValue:  # noqa: C901  one case a verb
        """Raises RequestRefused, NotFound, ConfigurationRefused or StorageFault."""
        match request:
            case c.TakeSnapshot():
                return self._snapshot().model_dump(mode="json")
            case c.ClearCallRequest():
                self._calls.clear(request.call_id)
                self._note(request.who, "audit.cleared-call", call=request.call_id)
            case c.DialRequest():
                call_id = self._calls.dial(request.phone, request.called, request.only_of)
                self._note(request.who, "audit.dialled", number=request.called)
                return {"call_id": call_id}
            case c.SwitchExtension():
                await switch_extension(self._office, request)
                self._note(request.who, "audit.switched-extension", extension=request.extension)
            case c.SwitchOpening():
                await self._office.features.switch_opening(request.to)
                self._note(request.who, "audit.switched-opening", to=request.to.value)
            case c.ListCodes():
                views = code_views(self._office)
                return {"codes": [view.model_dump(mode="json") for view in views]}
            case c.SelfTestRequest():
                return await self._self_test(request.line_id)
            case ReadLevels() | TryArrival() | TryDialling():
                return self.lookups.answer(request)
            case ForgetLearnedTone():
                self.lookups.forget_tone(request.line_id)
                self._note(request.who, "audit.forgot-tone", line=request.line_id)
            case ReadMail():
                return self._mail.answer(request).model_dump(mode="json")
            case TryMail():
                view = self._mail.answer(request)
                self._note(request.who, "audit.tried-mail", to=request.to)
                return view.model_dump(mode="json")
            case c.CheckConfig():
                faults = await asyncio.to_thread(self._live.check, request.toml)
                return {"faults": [fault.model_dump(mode="json") for fault in faults]}
            case c.ApplyConfig():
                version = await self._live.apply(request)
                self._note(request.who, "audit.applied-config", version=version)
                return {"version": version}
            case c.ConfirmConfig():
                await self._live.confirm(request.version)
                self._note(request.who, "audit.confirmed-config", version=request.version)
            case c.RestoreConfig():
                version = await self._live.restore(request)
                self._note(request.who, "audit.restored-config", version=request.version)
                return {"version": version}
            case b.ListBundles():
                return await self._list_bundles()
            case b.AcceptBundle():
                return {"version": await self._bundles.accept(request.bundle_id, request.who)}
            case b.ClaimByBundle():
                return {"version": await self._bundles.claim(request.bundle_id, request.who)}
            case b.KeepContacts():
                names = {one.number: one.name for one in request.contacts}
                kept = await self._office.phone_book.keep(names)
                self._note(request.who, "audit.kept-contacts", count=kept)
                return {"kept": kept}
            case b.DropBundle():
                await self._bundles.drop(request.bundle_id, request.who)
            case ListBackups() | MakeBackup() | DeleteBackup() | SetBackupKey():
                return await self.backups.carry_out(request)
            case RecordPrompt() | ReadPromptRecording() | CancelCallBack():
                return await self._flows.carry_out(request)
            case c.MarkVoicemail():
                await mark_message(
                    self._office, request.voicemail_id, request.who, heard=request.heard
                )
            case c.DeleteVoicemail():
                await delete_message(self._office, request.voicemail_id, request.who)
            case (
                call_requests.StarCall()
                | call_requests.AddCallNote()
                | call_requests.RemoveCallNote()
                | call_requests.NoteHearing()
                | call_requests.DeleteRecording()
                | call_requests.DeleteCall()
            ):
                return await self._keeping.carry_out(request)
            case TellClaimCode():
                self._office.claim_code = request.code
            case c.NoteAudit():
                await self._office.records.audit.note(request.who, request.what, datetime.now(UTC))
            case c.Follow():
                raise RequestRefused("control.start-again")
        return None

    def self_test_done(self, report: SelfTestDone) -> None:
        waiting = self._self_tests.pop(report.line_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(report)

    async def _self_test(self, line_id: LineId) -> JsonValue:
        self._office.lines.entry(line_id)
        if self._office.lines.legs_on(line_id):
            raise RequestRefused("control.line-busy", line=line_id)
        waiting = asyncio.get_running_loop().create_future()
        self._self_tests[line_id] = waiting
        self._office.wires.tell_card(line_id, RunSelfTest(line_id=line_id))
        try:
            done = await asyncio.wait_for(waiting, SELF_TEST_TIMEOUT_S)
        except TimeoutError:
            raise RequestRefused("control.no-self-test", line=line_id) from None
        findings = [finding.model_dump(mode="json") for finding in done.findings]
        return {"passed": done.passed, "findings": findings}

    async def _list_bundles(self) -> JsonValue:
        await self._bundles.look()
        last = self._bundles.last
        return {
            "bundles": [view.model_dump(mode="json") for view in self._bundles.views()],
            "last": last.model_dump(mode="json") if last is not None else None,
        }

    def _note(self, who: str, code: str, **args: str | int | float) -> None:
        note = self._office.records.audit.note(who, Text(code=code, args=args), datetime.now(UTC))
        self._office.records.write(note)
