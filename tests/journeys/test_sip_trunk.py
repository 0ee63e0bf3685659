"""One box is the provider of another: calls out and in over a trunk, and what a trunk may lack."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import firmware.config
from tests.peers.registering import ended_story, secret_of
from tests.practice_box import PracticeBox, wait_for

PRACTICE = (Path(firmware.config.__file__).parent / "practice.toml").read_text("utf-8")
TRUNK = """
[[lines]]
id = "sip-9"
driver = "sip"
account = "trunk"
label = "Trunk to the other box"
server = "127.0.0.1:{port}"
user = "{user}"
secret = "{secret}"
calls_at_once = 2

[[routes_out.lines]]
line = "sip-9"
"""


def office_with_trunk(port: int, user: str, secret: str) -> str:
    return PRACTICE + TRUNK.format(port=port, user=user, secret=secret)


@pytest.fixture(scope="module")
def provider() -> Iterator[PracticeBox]:
    box = PracticeBox.start()
    yield box
    box.stop()
    box.remove()


@pytest.fixture(scope="module")
def office(provider: PracticeBox) -> Iterator[PracticeBox]:
    """Its trunk is the provider's phone 103."""
    secret = secret_of(provider, "sip-1")
    box = PracticeBox.start(office_with_trunk(provider.sip_port, "103", secret))
    yield box
    box.stop()
    box.remove()


def why(box: PracticeBox, line: str) -> str:
    """Return the code of the sentence that says how the line fares."""
    lines = {view["line"]["line_id"]: view["line"] for view in box.snapshot()["lines"]}
    return str((lines[line]["why"] or {}).get("code", ""))


def test_the_trunk_registers_and_its_password_is_kept_apart(
    provider: PracticeBox, office: PracticeBox
) -> None:
    wait_for("the trunk is ready", lambda: office.health()["sip-9"] == "ready", 20)
    wait_for("the provider sees it", lambda: provider.health()["sip-1"] == "ready", 20)

    kept = tomllib.loads((office.state / "secrets.toml").read_text("utf-8"))["lines"]
    assert kept["sip-9"]["secret"] == secret_of(provider, "sip-1")
    assert "secret =" not in (office.state / "tipring.toml").read_text("utf-8")


def test_a_call_goes_out_over_the_trunk(provider: PracticeBox, office: PracticeBox) -> None:
    office.phone("phone-1", "dial", "01632960100")
    provider.wait_for_call(
        lambda view: view["phase"] == "talking" and view["called"] == "+441632960100", 40
    )
    office.wait_for_call(lambda view: view["phase"] == "talking", 20)
    office.phone("phone-1", "hangup")

    assert {leg.line_id for leg in ended_story(office).legs} == {"phone-1", "sip-9"}
    assert "sip-1" in {leg.line_id for leg in ended_story(provider).legs}


def test_a_call_comes_in_over_the_trunk_and_hears_the_menu(
    provider: PracticeBox, office: PracticeBox
) -> None:
    provider.phone("phone-1", "dial", "103")
    live = office.wait_for_call(lambda view: view["phase"] == "menu", 30)
    provider.wait_for_call(lambda view: view["phase"] == "talking", 20)
    provider.phone("phone-1", "hangup")

    story = ended_story(office)
    assert (live["line_id"], story.call.calling, story.call.incoming) == ("sip-9", "101", True)


@pytest.mark.parametrize(
    ("user", "secret", "health", "code"),
    [
        ("104", "not the password", "needs-attention", "sip.trunk-password-refused"),
        ("104", None, "no-service", "sip.trunk-unreachable"),
    ],
    ids=["wrong-password", "nobody-there"],
)
def test_a_trunk_that_cannot_register_says_why(
    provider: PracticeBox, user: str, secret: str | None, health: str, code: str
) -> None:
    port = provider.sip_port if secret else 9  # nobody listens at the discard port
    config = office_with_trunk(port, user, secret or "any password")
    state = PracticeBox.start(config)
    try:
        wait_for("it is said", lambda: state.health()["sip-9"] == health, 45)
        assert why(state, "sip-9") == code
    finally:
        state.stop()
        state.remove()
