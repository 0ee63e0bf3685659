"""No route is reachable without the role it needs, and none without an entry in the table."""

import re

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from tests.security.people import logged_in
from tests.security.rights import ANYONE, LEAST, routes_of
from tests.webui.served import Served
from webui.accounts import RANK, Role
from webui.deps import Require

PLACES = re.compile(r"\{\w+(:\w+)?\}")


async def test_every_route_says_who_may_use_it(fresh: Served) -> None:
    assert set(routes_of(fresh.app)) == set(LEAST) | ANYONE


async def test_every_route_behind_the_login_demands_a_role_itself(fresh: Served) -> None:
    for route in iter_route_contexts(fresh.app.routes):
        dependant = getattr(route, "dependant", None)
        for method in route.methods or {"WS"}:
            name = f"{method} {route.path}"
            if name not in LEAST or dependant is None:
                continue
            demanded = [one for one in _calls(dependant) if isinstance(one, Require)]
            assert demanded, name
            assert max(RANK[one.least] for one in demanded) == RANK[LEAST[name]], name


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_do_what_the_table_says_and_nothing_else(
    box: Served, role: Role
) -> None:
    wrong = []
    async with logged_in(box, role) as client:
        # The last ones end the very session that asks.
        for name in sorted(LEAST, key=lambda name: ("logout" in name, name)):
            method, _, path = name.partition(" ")
            if method == "WS" or (method, path) == ("GET", "/api/events"):
                continue
            answer = await client.request(method, PLACES.sub("none", path))
            refused = answer.status_code == 403 and answer.json()["code"] == "web.not-allowed"
            if refused is (RANK[role] >= RANK[LEAST[name]]) or answer.status_code == 401:
                wrong.append((name, answer.status_code))

    assert wrong == []


async def test_without_a_login_nothing_is_told(fresh: Served) -> None:
    for name in sorted(LEAST):
        method, _, path = name.partition(" ")
        if method != "WS":
            answer = await fresh.client.request(method, PLACES.sub("none", path))
            assert answer.status_code == 401, name
            assert answer.json()["code"] == "web.not-logged-in", name


def _calls(dependant: Dependant) -> list[object]:
    return [call for one in dependant.dependencies for call in (one.call, *_calls(one))]
