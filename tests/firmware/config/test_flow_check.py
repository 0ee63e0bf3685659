"""A flow that could lose a caller does not go live."""

import pytest

from firmware.config.load import check
from tests.firmware.config.office_text import changed, flow

END = '[flows.main.nodes.z]\ntype = "hangup"\n'


def node(name: str, *lines: str) -> str:
    return "\n".join([f"[flows.main.nodes.{name}]", *lines, ""])


def menu(name: str, key: str, timeout: str = "z", invalid: str = "z") -> str:
    return node(
        name,
        'type = "menu"\nprompt = "one-moment"',
        f'keys = {{ 1 = "{key}" }}\ntimeout = "{timeout}"\ninvalid = "{invalid}"',
    )


def play(name: str, to: str) -> str:
    return node(name, 'type = "play"', 'prompt = "one-moment"', f'next = "{to}"')


def faults(nodes: str, start: str = "a") -> list[tuple[str, str]]:
    return [(fault.code, str(fault.args["key"])) for fault in check(flow(nodes, start))]


def test_a_flow_that_ends_is_fine() -> None:
    assert faults(play("a", "z") + END) == []


def test_an_exit_must_lead_somewhere() -> None:
    assert faults(menu("a", "nowhere") + END) == [
        ("config.no-such-node", "flows.main.nodes.a.keys.1")
    ]
    assert faults(menu("a", "z", timeout="nowhere") + END) == [
        ("config.no-such-node", "flows.main.nodes.a.timeout")
    ]


def test_the_start_must_be_there() -> None:
    assert ("config.no-such-node", "flows.main.start") in faults(END, start="b")


@pytest.mark.parametrize("path", ["timeout", "invalid"])
def test_a_menu_without_a_path_for_silence_or_wrong_keys_is_refused(path: str) -> None:
    text = changed(f'{path} = "z"', "", flow(menu("a", "z") + END))

    assert [(fault.code, fault.args["key"]) for fault in check(text)] == [
        ("config.missing", f"flows.main.nodes.a.{path}")
    ]


def test_a_node_nobody_can_reach_is_refused() -> None:
    assert faults(play("a", "z") + play("b", "z") + END) == [
        ("config.node-unreachable", "flows.main.nodes.b")
    ]


def test_a_loop_without_a_way_out_is_refused() -> None:
    looped = menu("a", "b", "b", "b") + menu("b", "a", "a", "a")

    assert faults(looped) == [
        ("config.no-way-out", "flows.main.nodes.a"),
        ("config.no-way-out", "flows.main.nodes.b"),
    ]


def test_a_menu_may_come_back_to_itself_while_it_has_another_way() -> None:
    assert faults(menu("a", "a") + END) == []


def test_a_loop_that_turns_by_itself_is_refused_though_it_has_an_exit() -> None:
    hours = node("a", 'type = "hours"', 'timetable = "always"', 'open = "b"', 'closed = "z"')

    assert faults(hours + play("b", "a") + END) == [
        ("config.loop-without-caller", "flows.main.nodes.a"),
        ("config.loop-without-caller", "flows.main.nodes.b"),
    ]


def test_a_loop_through_two_flows_is_found() -> None:
    there = node("a", 'type = "goto"', 'flow = "other"')
    back = '[flows.other]\nstart = "x"\n[flows.other.nodes.x]\ntype = "goto"\nflow = "main"\n'

    assert faults(there + back) == [
        ("config.no-way-out", "flows.main.nodes.a"),
        ("config.no-way-out", "flows.other.nodes.x"),
    ]


@pytest.mark.parametrize(
    ("lines", "code", "key"),
    [
        (('type = "goto"', 'flow = "gone"'), "config.no-such-flow", "flow"),
        (('type = "goto"', 'flow = "main"', 'node = "gone"'), "config.no-such-node", "node"),
        (('type = "voicemail"', 'mailbox = "gone"'), "config.no-such-mailbox", "mailbox"),
        (
            ('type = "connect"', 'extensions = ["999"]'),
            "config.no-such-extension",
            "extensions",
        ),
        (('type = "connect"', 'group = "gone"'), "config.no-such-group", "group"),
        (('type = "connect"',), "config.one-to-connect", ""),
        (('type = "hangup"', 'prompt = "gone"'), "config.no-such-prompt", "prompt"),
        (
            ('type = "language"', 'language = "es"', 'next = "z"'),
            "config.language-not-in-use",
            "language",
        ),
        (
            ('type = "hours"', 'timetable = "gone"', 'open = "z"', 'closed = "z"'),
            "config.no-such-timetable",
            "timetable",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_node_names_must_be_there(lines: tuple[str, ...], code: str, key: str) -> None:
    path = ".".join(filter(None, ["flows.main.nodes.a", key]))

    assert (code, path) in faults(node("a", *lines) + END)


def test_a_prompt_must_exist_in_every_language_in_use() -> None:
    text = flow(node("a", 'type = "hangup"', 'prompt = "bye"') + '[prompts.bye]\nen.text = "Bye"\n')
    bilingual = changed('languages = ["en"]', 'languages = ["en", "ro"]', text)

    assert check(text) == ()
    assert [(fault.code, fault.args["language"]) for fault in check(bilingual)] == [
        ("config.prompt-not-in-language", "ro")
    ]
