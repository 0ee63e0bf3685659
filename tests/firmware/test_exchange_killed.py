"""kill -9 of the exchange's process: what talks goes on, what is written is kept."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.leg_state import LegState
from firmware.contract.line_state import Audio
from firmware.contract.messages import AnswerCall, Connect, Disconnect, LiveLeg
from firmware.contract.switching import ConnectLeg, Record, Stop
from firmware.store.archive import Archive
from firmware.store.rows import CallStory, Disposition, RecordingState
from tests.firmware.message_sound import write_a_second_of_sound
from tests.firmware.scripted_box import GSM, PHONES, eventually, new_state, steps
from tests.firmware.scripted_card import ScriptedCard, ScriptedSwitch
from tests.firmware.scripted_office import SCRIPTED_OFFICE
from tests.firmware.store.rows_of import call, leg, opened, step

CALLER = "+447700900123"
LEG = "caller"


@dataclass
class Killable:
    """The real process, scripted neighbours."""

    state: Path
    switch: ScriptedSwitch
    gsm: ScriptedCard
    phones: ScriptedCard
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "firmware.exchange", "--state", str(self.state)
        )

    async def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        for end in (self.switch, self.gsm, self.phones):
            await end.die()

    async def connect(
        self, gsm: tuple[LiveLeg, ...] = (), phones: tuple[LiveLeg, ...] = ()
    ) -> None:
        await self.switch.connect()
        await self.gsm.connect(gsm)
        await self.phones.connect(phones)

    async def finished(self) -> CallStory:
        archive = Archive(self.state / "tipring.db")

        def ended() -> list[CallStory]:
            return [archive.story(row.call_id) for row in archive.calls() if row.ended_at]

        stories = await eventually(
            ended, lambda found: bool(found) and "call.ended" in steps(found[0])
        )
        return stories[0]


@pytest.fixture
async def killable(sounds: Path) -> AsyncIterator[Killable]:
    state = new_state(SCRIPTED_OFFICE, sounds)
    running = Killable(
        state,
        ScriptedSwitch(state),
        ScriptedCard(state, "gsm", dict.fromkeys(GSM, Audio.FULL)),
        ScriptedCard(state, "virtual", dict.fromkeys(PHONES)),
    )
    await running.start()
    await running.connect()
    yield running
    assert running.process is not None
    if running.process.returncode is None:
        running.process.terminate()
        await running.process.wait()
    for end in (running.switch, running.gsm, running.phones):
        await end.die()
    shutil.rmtree(state)


def live(leg_id: str, line_id: str, state: LegState = LegState.ACTIVE) -> LiveLeg:
    return LiveLeg(leg_id=leg_id, line_id=line_id, state=state, timeslot=5)


async def talk(box: Killable) -> str:
    """A recorded caller talks to phone-1; return the phone's leg."""
    await box.gsm.call_in("gsm-2", LEG, CALLER)
    await box.switch.heard.expect(Record)
    box.gsm.press(LEG, "5")
    phone = await box.phones.picks_up("phone-1")
    await box.switch.heard.expect(Record, lambda order: bool(order.office))
    archive = Archive(box.state / "tipring.db")
    await eventually(archive.unfinished, lambda found: talking(found, phone))
    return phone


def talking(stories: tuple[CallStory, ...], phone: str) -> bool:
    return any(
        leg.leg_id == phone and leg.answered_ms is not None
        for story in stories
        for leg in story.legs
    )


async def test_two_who_talk_are_taken_up_again_in_the_same_call_and_recording(
    killable: Killable,
) -> None:
    phone = await talk(killable)
    file = killable.switch.heard.of(Record)[-1].file
    await killable.kill()
    killable.switch.heard.forget()

    await killable.start()
    await killable.connect((live(LEG, "gsm-2"),), (live(phone, "phone-1"),))

    again = await killable.switch.heard.expect(Record, lambda order: bool(order.office))
    rooms = {order.room for order in killable.switch.heard.of(ConnectLeg)}
    killable.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))
    await killable.phones.cleared(phone)
    story = await killable.finished()

    assert again.file == file
    assert rooms == {story.call.call_id}
    assert "call.taken-up" in steps(story)
    assert story.call.cause is Cause.NORMAL_CALL_CLEARING


async def test_a_paused_recording_stays_paused(killable: Killable) -> None:
    phone = await talk(killable)
    killable.phones.press(phone, "*2")
    await killable.switch.heard.expect(Record, lambda order: order.paused)
    archive = Archive(killable.state / "tipring.db")
    await eventually(
        archive.unfinished, lambda found: any("recording.paused" in steps(one) for one in found)
    )
    await killable.kill()
    killable.switch.heard.forget()

    await killable.start()
    await killable.connect((live(LEG, "gsm-2"),), (live(phone, "phone-1"),))

    again = await killable.switch.heard.expect(Record, lambda order: bool(order.office))
    assert again.paused
    killable.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))
    await killable.phones.cleared(phone)


async def test_a_caller_who_waited_is_cleared_and_is_still_owed_a_call(killable: Killable) -> None:
    await killable.gsm.call_in("gsm-1", LEG, CALLER)
    killable.gsm.press(LEG, "5")
    phone = await killable.phones.rings("phone-1")
    archive = Archive(killable.state / "tipring.db")
    await eventually(archive.unfinished, lambda found: bool(found) and len(found[0].legs) == 2)
    await killable.kill()

    await killable.start()
    ringing = live(phone, "phone-1", LegState.CALL_DELIVERED)
    await killable.connect((live(LEG, "gsm-1"),), (ringing,))

    assert (await killable.gsm.cleared(LEG)).cause is Cause.TEMPORARY_FAILURE
    await killable.phones.cleared(phone)
    story = await killable.finished()
    assert {"call.interrupted", "call.still-owed"} <= set(steps(story))
    assert story.call.cause is Cause.TEMPORARY_FAILURE


async def test_a_call_of_before_a_long_power_cut_ended_when_it_was_last_seen(
    killable: Killable,
) -> None:
    await killable.kill()
    began_at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    row = call(began_at=began_at)
    async with opened(killable.state) as records:
        records.calls.begin(row)
        records.calls.put_leg(leg(row, answered_ms=1500))
        records.calls.add_step(row.call_id, step(90_000))

    await killable.start()
    await killable.connect()

    story = await killable.finished()
    assert story.call.ended_at == began_at + timedelta(seconds=90)
    assert story.call.disposition is Disposition.INTERRUPTED
    assert steps(story)[-2:] == ["call.still-owed", "call.ended"]
    assert all(one.at_ms < 100_000 for one in story.steps)
    assert [(one.cause, one.ended_ms is not None) for one in story.legs] == [(41, True)]


async def test_the_recording_of_an_interrupted_call_is_stopped_and_packed(
    killable: Killable,
) -> None:
    await killable.gsm.call_in("gsm-2", LEG, CALLER)
    record = await killable.switch.heard.expect(Record)
    await asyncio.to_thread(write_a_second_of_sound, Path(record.file))
    archive = Archive(killable.state / "tipring.db")
    await eventually(lambda: archive.recordings_in("writing"), bool)
    await killable.kill()

    await killable.start()
    await killable.connect()

    await killable.switch.heard.expect(Stop, lambda order: order.record_id == record.record_id)
    (row,) = await eventually(lambda: archive.recordings_in("packed"), bool)
    assert row.duration_ms == 1_000
    assert (killable.state / "recordings" / row.file).stat().st_size == row.bytes
    assert row.state is RecordingState.PACKED


async def test_a_message_cut_short_by_the_kill_is_kept(killable: Killable) -> None:
    await killable.gsm.call_in("gsm-1", LEG, CALLER)
    killable.gsm.press(LEG, "2")
    record = await killable.switch.heard.expect(Record)
    await asyncio.to_thread(write_a_second_of_sound, Path(record.file))
    await killable.kill()

    await killable.start()
    await killable.connect((live(LEG, "gsm-1"),))

    archive = Archive(killable.state / "tipring.db")
    (message,) = await eventually(archive.voicemails, bool)
    assert (message.mailbox, message.calling, message.duration_ms) == ("office", CALLER, 1_000)


async def test_a_caller_who_rings_while_it_is_away_is_served_when_it_is_back(
    killable: Killable,
) -> None:
    await killable.kill()
    ringing = LiveLeg(
        leg_id=LEG, line_id="gsm-1", state=LegState.CALL_RECEIVED, timeslot=5, calling=CALLER
    )

    await killable.start()
    await killable.connect((ringing,))

    await killable.gsm.heard.expect(AnswerCall, lambda command: command.leg_id == LEG)


async def test_a_phone_that_dials_while_it_is_away_is_served_as_a_phone_when_it_is_back(
    killable: Killable,
) -> None:
    await killable.kill()
    dialled = LiveLeg(
        leg_id="lifted", line_id="phone-1", state=LegState.CALL_RECEIVED, timeslot=5, called="102"
    )

    await killable.start()
    await killable.connect((), (dialled,))
    await killable.phones.heard.expect(AnswerCall, lambda command: command.leg_id == "lifted")
    killable.phones.report(Connect(leg_id="lifted"))

    await killable.phones.rings("phone-2")


async def test_a_second_exchange_on_the_same_folder_is_refused_and_the_first_goes_on(
    killable: Killable,
) -> None:
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "firmware.exchange", "--state", str(killable.state)),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await second.communicate()

    assert (second.returncode, b"already running" in said) == (1, True)
    await killable.gsm.call_in("gsm-1", LEG, CALLER)


@pytest.mark.parametrize("moment", [0, 3])
async def test_killed_while_calls_are_written_every_finished_record_is_whole(
    killable: Killable, moment: int
) -> None:
    for number in range(moment + 1):
        leg = f"leg-{number}"
        killable.gsm.ring("gsm-1", leg, "+447700900666")
        await killable.gsm.cleared(leg)
    await killable.kill()

    await killable.start()
    await killable.connect()

    archive = Archive(killable.state / "tipring.db")
    calls = await eventually(
        archive.calls, lambda rows: bool(rows) and all(row.ended_at for row in rows)
    )
    assert len(calls) == moment + 1
