"""The API does what its own description says: schemathesis asks everything, nothing breaks it.

Judged by a program others wrote: never a 500, and every answer has a status,
a type and a body that the description promises.
"""

import asyncio
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from firmware.contract.texts import Text
from tests.security.people import prove
from tests.webui.practice_office import furnish, now, write_calls
from tests.webui.served import Served

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EACH: Final = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 3}
"""How many requests of each sort an operation gets: as described, and just not so."""
ENDLESS: Final = "GET /api/events"
ENDS_THE_SESSION: Final = ("POST /api/logout", "PUT /api/me/password", "POST /api/login")
ANSWERED_WITH_MORE: Final = ("accept-bundle", "record-prompt", "read-prompt-recording")
"""The scripted exchange has no answers to these."""
QUIETLY: Final = settings(
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(300)
async def test_every_answer_is_one_that_the_description_promises(box: Served) -> None:
    await asyncio.to_thread(furnish, box.state, now())
    await write_calls(box.state, now())
    await prove(box.client)
    for verb in ANSWERED_WITH_MORE:
        box.exchange.refusals[verb] = Text(code="control.no-recording")
    description = (await box.client.get("/api/openapi.json")).json()

    asked, broken = await asyncio.to_thread(_ask_all, box, description)

    assert not broken, "\n\n".join(f"{name}: {why}" for name, why in broken.items())
    assert asked > 4 * len(description["paths"])
    assert (await box.client.get("/api/me")).status_code == 200


def _ask_all(box: Served, description: dict[str, Any]) -> tuple[int, dict[str, str]]:
    broken: dict[str, str] = {}
    asked = 0
    for found in openapi.from_dict(description).get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.label in {ENDLESS, *ENDS_THE_SESSION}:
            continue
        for mode, count in EACH.items():
            try:
                _ask(box, operation, mode, count)
                asked += count
            except Unsatisfiable:
                continue  # it takes nothing that could be wrong
            except FailureGroup as failures:
                broken[operation.label] = "\n".join(map(str, failures.exceptions))
    return asked, broken


def _ask(
    box: Served, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, count: int
) -> None:
    """Raises FailureGroup."""

    @seed(4)
    @settings(QUIETLY, max_examples=count)
    @given(case=operation.as_strategy(mode))
    def ask(case: Case[Any]) -> None:
        headers = {"X-CSRF-Token": box.client.headers["X-CSRF-Token"]}
        cookies = {"sid": box.client.cookies["sid"]}
        answer = case.call(base_url=box.url, headers=headers, cookies=cookies)
        case.validate_response(answer, checks=CHECKS)

    ask()
