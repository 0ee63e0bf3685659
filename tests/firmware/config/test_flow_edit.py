"""Flows changed in the text: what nobody touched stays as it was written, comments too."""

import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import firmware.config
from firmware.config.flow_edit import with_flows
from firmware.config.load import check
from firmware.contract.errors import ConfigurationRefused, RequestRefused

PRACTICE = (Path(firmware.config.__file__).parent / "practice.toml").read_text("utf-8")


def parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    data = tomllib.loads(text)
    return deepcopy(data.get("flows", {})), deepcopy(data.get("prompts", {}))


def test_nothing_changed_is_no_change() -> None:
    assert with_flows(PRACTICE, *parts(PRACTICE)) == PRACTICE


def test_one_field_changes_one_line() -> None:
    flows, prompts = parts(PRACTICE)
    flows["main"]["nodes"]["welcome"]["timeout_s"] = 8

    changed = with_flows(PRACTICE, flows, prompts).splitlines()

    different = [
        (old, new) for old, new in zip(PRACTICE.splitlines(), changed, strict=True) if old != new
    ]
    assert different == [("timeout_s = 5", "timeout_s = 8")]


def test_a_new_node_stands_among_the_nodes_of_its_flow() -> None:
    flows, prompts = parts(PRACTICE)
    flows["main"]["nodes"]["welcome"]["keys"] |= {"5": "bye", "*": "welcome"}
    del flows["main"]["nodes"]["welcome"]["keys"]["9"]
    del flows["main"]["nodes"]["portuguese"]
    flows["main"]["nodes"]["bye"] = {"type": "hangup", "prompt": "goodbye"}

    changed = with_flows(PRACTICE, flows, prompts)

    assert parts(changed) == (flows, prompts)
    assert check(changed) == ()
    assert changed.index("[flows.main.nodes.bye]") < changed.index("[prompts.welcome]")
    assert '[flows.main.nodes.welcome.keys]\n1 = "front-desk"' in changed


def test_comments_survive_even_inside_what_changed() -> None:
    text = PRACTICE.replace(
        'type = "hours"\n', 'type = "hours" # when\n# asked for by the director\n'
    )
    flows, prompts = parts(text)
    flows["main"]["nodes"]["hours"]["closed"] = "goodbye"
    del flows["main"]["extension"]

    changed = with_flows(text, flows, prompts)

    assert '# when\n# asked for by the director\ntimetable = "always"' in changed
    assert changed.count("#") == text.count("#")
    assert 'extension = "700"' not in changed


def test_flows_and_prompts_come_and_go() -> None:
    flows = {"other": {"start": "end", "nodes": {"end": {"type": "hangup", "prompt": "bye"}}}}
    prompts = {"bye": {"en": {"text": 'Say "hello"\nor not'}, "pt-BR": {"text": "Olá"}}}

    changed = with_flows(PRACTICE, flows, prompts)

    assert parts(changed) == (flows, prompts)
    assert "[flows.main" not in changed
    assert tomllib.loads(changed)["lines"] == tomllib.loads(PRACTICE)["lines"]


def test_a_prompt_in_dotted_keys_gets_a_sound_and_another_text() -> None:
    flows, prompts = parts(PRACTICE)
    prompts["welcome"] = {"en": {"sound": "a" * 64}, "pt-BR": {"text": "Outra coisa"}}

    assert parts(with_flows(PRACTICE, flows, prompts)) == (flows, prompts)


@pytest.mark.parametrize(
    "written",
    [
        'nodes = { end = { type = "hangup", prompt = "goodbye" } }',
        'nodes.end = { type = "hangup", prompt = "goodbye" }',
        '[flows.main.nodes]\nend = { type = "hangup", prompt = "goodbye" }',
        '[flows.main.nodes]\nend.type = "hangup"\nend.prompt = "goodbye"',
    ],
)
def test_a_flow_in_a_form_of_its_own_can_change_too(written: str) -> None:
    text = f'[office]\nname = "x"\n\n[flows.main]\nstart = "end"\n{written}\n'
    flows, prompts = parts(text)
    flows["main"]["nodes"]["end"]["prompt"] = "nobody-available"
    flows["main"]["nodes"]["more"] = {"type": "hangup"}

    assert parts(with_flows(text, flows, prompts)) == (flows, prompts)


def test_a_chapter_in_one_value_is_refused() -> None:
    text = 'flows = { main = { start = "end", nodes = { end = { type = "hangup" } } } }\n'

    with pytest.raises(RequestRefused) as refused:
        with_flows(text, {}, {})

    assert refused.value.text.code == "config.chapter-in-one-value"


@pytest.mark.parametrize("nodes", [5, "x", [1], {"end": "x"}, {"end": [1]}, {"end": True}])
def test_a_node_that_is_no_table_is_refused_in_words(nodes: Any) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        with_flows(PRACTICE, {"main": {"start": "end", "nodes": nodes}}, {})

    assert [fault.code for fault in refused.value.faults] == ["config.not-a-table"]


@pytest.mark.parametrize("name", ["a.b", "", "ü", 'q"q', "nodes", "[x]", "#", "\n", "\0", "'"])
def test_names_no_owner_would_choose_stay_what_they_are(name: str) -> None:
    flows, prompts = parts(PRACTICE)
    flows[name] = {"start": name, "nodes": {name: {"type": "hangup", name: [{name: [[]]}]}}}
    prompts[name] = {name: {"text": name}}

    changed = with_flows(PRACTICE, flows, prompts)

    assert parts(changed) == (flows, prompts)
    assert check(changed) != ()
