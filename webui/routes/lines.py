"""The lines: what is plugged in, and a self-test of one."""

from fastapi import APIRouter
from pydantic import BaseModel, ValidationError

from firmware.contract.control import SelfTestRequest, TakeSnapshot
from firmware.contract.message import LineId
from firmware.contract.texts import Text
from firmware.contract.views import LineView, Snapshot
from webui.deps import DESK_STAFF, EVERYBODY, DeskDep, SessionDep

router = APIRouter(prefix="/lines", tags=["lines"], dependencies=[EVERYBODY])

SELF_TEST_S = 60.0


class SelfTestResult(BaseModel):
    """`passed` is None where the line only said that the test has begun."""

    passed: bool | None = None
    findings: tuple[Text, ...] = ()


@router.get("")
async def list_lines(desk: DeskDep) -> tuple[LineView, ...]:
    return Snapshot.model_validate(await desk.link.ask(TakeSnapshot())).lines


@router.post("/{line_id}/self-test", dependencies=[DESK_STAFF])
async def test_line(line_id: LineId, desk: DeskDep, session: SessionDep) -> SelfTestResult:
    """Check the line without a call; takes up to a minute."""
    request = SelfTestRequest(line_id=line_id, who=session.user.name)
    done = await desk.link.ask(request, within_s=SELF_TEST_S)
    try:
        return SelfTestResult.model_validate(done)
    except ValidationError:
        return SelfTestResult()
