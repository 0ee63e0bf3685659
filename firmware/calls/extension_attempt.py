"""Reaching an extension: its phones and its mobile, what it has switched, and where it forwards.

Do not disturb and talking without call waiting count as busy. A forward is
followed as the extension itself would dial, at most MAX_HOPS times and never
in a circle; the caller's number goes along.
"""

from dataclasses import dataclass, replace
from typing import Final

from firmware.calls.attempt import Attempt, OutsideAttempt, PhoneAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.call_waiting import phone_attempt
from firmware.calls.confirmed import ConfirmedAttempt
from firmware.calls.dialled import Dialled, Meaning, understand
from firmware.calls.features import VOICEMAIL, When
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.stages import Stage, Stages
from firmware.calls.ways_out import outside_route, refusal
from firmware.config.extensions import Extension, RingGroup, Strategy
from firmware.contract.causes import Cause
from firmware.contract.message import LineId
from firmware.contract.views import Side

MAX_HOPS: Final = 3
FORWARD_RING_S: Final = 40.0
"""How long a number outside is rung that a call was forwarded to."""


@dataclass(frozen=True, slots=True)
class Ringing:
    """How an extension is rung."""

    shown: Shown
    ring_s: float | None = None
    """None is the extension's own."""
    in_group: bool = False
    """Then only a forward of all calls is followed: the group goes on without the others."""
    trail: tuple[str, ...] = ()
    """Extensions that have forwarded the call here, and groups they forwarded it to."""


class ExtensionAttempt:
    """Implements Attempt."""

    def __init__(self, office: Office, call: Call, extension: Extension, how: Ringing) -> None:
        self.cause: Cause | None = None
        self._own_mailbox: str | None = None
        self._office, self._call, self._extension, self._how = office, call, extension, how
        self._now: Attempt | None = None
        self._has_forwarded = False

    @property
    def answered(self) -> Leg | None:
        return self._now.answered if self._now is not None else None

    @property
    def legs(self) -> tuple[Leg, ...]:
        return self._now.legs if self._now is not None else ()

    @property
    def rings(self) -> bool:
        return self._now is not None and self._now.rings

    @property
    def network(self) -> Leg | None:
        return self._now.network if self._now is not None else None

    @property
    def mailbox(self) -> str | None:
        forwarded_to = self._now.mailbox if self._now is not None else None
        return self._own_mailbox or forwarded_to

    def advance(self) -> None:
        if self.cause is not None:
            return
        if self._now is None:
            self._begin()
        if self._now is None:
            return
        self._now.advance()
        if self._now.cause is not None:
            self._failed(self._now.cause)

    def give_up(self, cause: Cause, keep: Leg | None = None) -> None:
        if self._now is not None:
            self._now.give_up(cause, keep)
        self.cause = self.cause if self.cause is not None else cause

    # ---- what becomes of it

    def _begin(self) -> None:
        switched = self._office.features.of(self._extension.id)
        if switched.forward_always is not None:
            self._forward(When.ALWAYS, switched.forward_always, Cause.NO_ANSWER_FROM_USER)
        elif switched.do_not_disturb:
            self._call.step("feature.not-disturbed", extension=self._extension.id)
            self._failed(Cause.USER_BUSY)
        elif self._talks() and not self._office.features.waits(
            self._extension.id, self._office.config
        ):
            self._call.step("feature.talks", extension=self._extension.id)
            self._failed(Cause.USER_BUSY)
        else:
            self._now = self._devices()

    def _failed(self, cause: Cause) -> None:
        """Follow the forward for this case, if there is one."""
        switched = self._office.features.of(self._extension.id)
        when = When.BUSY if cause is Cause.USER_BUSY else When.NO_ANSWER
        target = switched.forward_busy if when is When.BUSY else switched.forward_no_answer
        if target is None or self._has_forwarded or self._how.in_group:
            self.cause = cause
        else:
            self._forward(when, target, cause)

    def _forward(self, when: When, target: str, cause: Cause) -> None:
        """Go on with whom the call is forwarded to; without them it has failed for `cause`."""
        own, self._has_forwarded = self._extension, True
        step = f"feature.{when.value.replace('_', '-')}"
        self._call.step(step, extension=own.id, to=target)
        if target == VOICEMAIL:
            self._own_mailbox = None if self._how.in_group else own.voicemail
            self.cause = cause
            return
        trail = (*self._how.trail, own.id)
        if target in trail or len(trail) > MAX_HOPS:
            self._call.step("feature.forward-circle", extension=own.id, to=target)
            self.cause = cause
            return
        self._now = self._forwarded_to(understand(target, self._office.config), trail)
        if self._now is None:
            self.cause = cause
        else:
            self.advance()

    def _forwarded_to(self, to: Dialled, trail: tuple[str, ...]) -> Attempt | None:
        office, config = self._office, self._office.config
        extension, group = config.extension(to.number), config.group_numbered(to.number)
        how = replace(self._how, trail=trail)
        if extension is not None:
            return ExtensionAttempt(office, self._call, extension, how)
        if group is not None:
            how = replace(how, trail=(*trail, to.number))
            return Stages(self._call, group_stages(office, self._call, group, how), None)
        if to.meaning is not Meaning.OUTSIDE:
            return None
        route = outside_route(office, to, self._extension.id)
        if route.refused is not None:
            refusal(self._call, route.refused)
            return None
        ways, shown = route.ways, self._how.shown
        return Stages(
            self._call,
            [lambda: [OutsideAttempt(office, self._call, ways, shown)]],
            FORWARD_RING_S,
        )

    # ---- its devices

    def _talks(self) -> bool:
        return any(self._office.lines.legs_on(device) for device in self._extension.devices)

    def _devices(self) -> Stages:
        own = self._extension
        ring_s = self._how.ring_s if self._how.ring_s is not None else float(own.ring_s)
        single: list[Stage] = [self._phone(device) for device in own.devices]
        if own.mobile is not None:
            single.append(self._mobile(Dialled(Meaning.OUTSIDE, own.mobile)))
        if own.strategy is Strategy.IN_ORDER:
            return Stages(self._call, single, ring_s)
        together = [lambda: [attempt for stage in single for attempt in stage()]]
        return Stages(self._call, together, ring_s)

    def _phone(self, device: LineId) -> Stage:
        if self._how.in_group:
            return lambda: [PhoneAttempt(self._office, self._call, device, self._how.shown)]
        return lambda: [phone_attempt(self._office, self._call, device, self._how.shown)]

    def _mobile(self, number: Dialled) -> Stage:
        office, own = self._office, self._extension

        def make() -> list[Attempt]:
            # Nobody types here, and it was the owner who wrote the number into the settings.
            route = outside_route(office, number, own.id, pin_given=True)
            if route.refused is not None:
                refusal(self._call, route.refused)
            outside = OutsideAttempt(office, self._call, route.ways, self._how.shown, Side.OFFICE)
            if not own.confirm:
                return [outside]
            language = own.language or office.config.office.languages[0]
            return [ConfirmedAttempt(office, self._call, outside, language, own.confirm_s)]

        return make


def group_stages(office: Office, call: Call, group: RingGroup, how: Ringing) -> list[Stage]:
    """Return the stages that ring a group: all its members in one, or one after another."""
    how = replace(how, in_group=True, ring_s=how.ring_s or float(group.ring_s))
    found = [one for one in map(office.config.extension, group.extensions) if one is not None]

    def member(extension: Extension) -> Stage:
        return lambda: [ExtensionAttempt(office, call, extension, how)]

    if group.strategy is Strategy.IN_ORDER:
        return [member(one) for one in found]
    return [lambda: [ExtensionAttempt(office, call, one, how) for one in found]]
