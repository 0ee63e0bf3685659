"""Room is taken and given back, whatever calls do: nothing is lost and no cap is passed by much."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.calls.call import Call
from firmware.calls.charge import Account, Payer, Scope
from firmware.calls.routing_out import WayOut
from firmware.calls.tolls import Reservation, Tolls
from firmware.config.model import Config
from firmware.contract.texts import Text
from firmware.store.journal import Journal
from firmware.store.records import Records
from tests.firmware.calls.offices import office
from tests.firmware.store.rows_of import call as call_row

BOX = Account(Scope.BOX)
PRICE = Decimal("0.60")
EVENTS = st.lists(
    st.tuples(st.sampled_from(["begin", "talk", "hang up", "no answer"]), st.integers(0, 3)),
    max_size=60,
)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    path = tmp_path_factory.mktemp("tolls") / "tipring.db"
    journal = Journal(path, lambda *_: None)
    yield Records.on(journal, path, "box")
    journal.close()


class Talked(Call):
    """A call of one leg whose talking the test decides."""

    talked = 0

    def talked_whole_s(self, leg_id: str) -> int:
        return self.talked


class People:
    """Four at most who call, talk for whole minutes they could pay, and hang up."""

    def __init__(self, tolls: Tolls, records: Records) -> None:
        self._tolls, self._records = tolls, records
        self._up: dict[int, tuple[Talked, Reservation]] = {}
        self.talked_s = 0

    def does(self, what: str, who: int) -> None:
        if what == "begin" and who not in self._up:
            self._begin(who)
        elif who in self._up and what != "begin":
            call, reserved = self._up[who]
            if what == "talk":
                self._talk(call, reserved)
            else:
                self._end(who, answered=what == "hang up" and call.talked > 0)

    def all_hang_up(self) -> None:
        for who in tuple(self._up):
            self._end(who, answered=self._up[who][0].talked > 0)

    def _begin(self, who: int) -> None:
        call = Talked(call_row(), self._records, lambda _: None)
        way = WayOut("gsm-1", "+441174960123", PRICE, extension=f"{101 + who % 2}")
        reserved = self._tolls.reserve(call, way)
        if not isinstance(reserved, Text):
            self._up[who] = (call, reserved)

    def _talk(self, call: Talked, reserved: Reservation) -> None:
        """Talk up to what is paid, then pay the next minute ahead, as metering does."""
        charge = call.charges[reserved.leg_id]
        if call.talked < charge.paid_s:
            call.talked += min(45, charge.paid_s - call.talked)
        else:
            self._tolls.pay(call, reserved.leg_id, 60)

    def _end(self, who: int, *, answered: bool) -> None:
        call, reserved = self._up.pop(who)
        call.talked = call.talked if answered else 0
        self._tolls.left(call, reserved.leg_id, answered=answered)
        self._tolls.settle(call)
        self.talked_s += call.talked


def capped() -> Config:
    return office(
        "[toll_guard]\nminutes_per_day = 5\nmoney_per_day = 2.50\ncalls_per_minute = 900\n"
    )


@settings(deadline=None, max_examples=60)
@given(EVENTS)
def test_in_the_end_just_what_was_talked_is_spent_and_no_cap_was_passed(
    records: Records, events: list[tuple[str, int]]
) -> None:
    async def play() -> None:
        tolls = Tolls(capped, records)
        people = People(tolls, records)
        for what, who in events:
            people.does(what, who)
            assert tolls.ledger.used(BOX).day_s <= 5 * 60
            assert tolls.ledger.used(BOX).day_micros <= 2_500_000
        people.all_hang_up()
        assert tolls.ledger.used(BOX).day_s == people.talked_s
        assert tolls.live.at_once(BOX) == 0

    asyncio.run(play())


async def test_emergency_takes_no_room_even_where_there_is_none(records: Records) -> None:
    tolls = Tolls(lambda: office("[toll_guard]\nmoney_per_day = 0\ncalls_at_once = 1\n"), records)
    call = Talked(call_row(), records, lambda _: None)
    ordinary = tolls.reserve(call, WayOut("gsm-1", "+441174960123", PRICE))
    emergency = tolls.reserve(call, WayOut("gsm-1", "999", emergency=True))

    assert isinstance(ordinary, Text)
    assert isinstance(emergency, Reservation)
    assert emergency.is_safe
    assert call.charges == {}


async def test_s10_who_is_held_stays_held_over_a_restart_but_not_over_midnight(
    records: Records,
) -> None:
    own, payer = office(), Payer("gsm-1", "101")
    before = Tolls(lambda: own, records)
    before.recall((), ())
    for _ in range(31):
        before.anomalies.ended(payer, 1, own)
    await records.all_written()
    rows = records.archive.switched()

    after, later = Tolls(lambda: own, records), Tolls(lambda: own, records)
    after.recall((), (), rows)
    yesterday = [row.changed_at - timedelta(days=1) for row in rows]
    later.recall(
        (),
        (),
        [
            row.model_copy(update={"changed_at": at})
            for row, at in zip(rows, yesterday, strict=True)
        ],
    )

    assert after.anomalies.suspicious == {payer.accounts[1]: "toll.short-calls"}
    assert later.anomalies.suspicious == {}
