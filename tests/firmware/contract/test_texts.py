"""Every sentence the programs can say is worded in all six languages, and none is left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.contract.line_state import Health
from firmware.contract.texts import FOLDER, LANGUAGES, sentences
from firmware.contract.views import CallPhase

ROOT = Path(__file__).parents[3]
MODULES = [
    ast.parse(file.read_text("utf-8"), str(file))
    for folder in ("firmware", "drivers", "webui")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if "node_modules" not in file.parts
]
NODES = [node for module in MODULES for node in ast.walk(module)]
PAGES = "\n".join(
    file.read_text("utf-8") for file in sorted((ROOT / "webui/frontend/src").rglob("*.ts*"))
)
ENGLISH = sentences("en")
PLACE = re.compile(r"\{(\w+)\}")


def error_classes() -> set[str]:
    """Return the names of all exceptions whose first argument is a code."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for node in NODES
        if isinstance(node, ast.ClassDef)
    }
    found = {"TipringError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


ERRORS = error_classes()


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield (code, the call that makes a Text or an error of it) wherever the code is literal."""
    for node in NODES:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            code = _code(node, node.func.id)
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value, node


def _code(call: ast.Call, name: str) -> ast.expr | None:
    if name == "Text":
        return next((given.value for given in call.keywords if given.arg == "code"), None)
    return call.args[0] if name in ERRORS and call.args else None


def values(call: ast.Call) -> set[str] | None:
    """Return the names of the values the call fills in, or None where they are computed."""
    given = {one.arg: one.value for one in call.keywords}
    if None in given:
        return None
    if isinstance(call.func, ast.Name) and call.func.id != "Text":
        return {str(name) for name in given}
    args = given.get("args", ast.Dict([], []))
    if not isinstance(args, ast.Dict):
        return None
    names = {key.value for key in args.keys if isinstance(key, ast.Constant)}
    return {str(name) for name in names} if len(names) == len(args.keys) else None


def literals() -> set[str]:
    return {
        node.value
        for node in NODES
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def beginnings() -> set[str]:
    """Return what codes put together at run time begin with: f"health.{…}" gives `health.`."""
    firsts = (node.values[0] for node in NODES if isinstance(node, ast.JoinedStr))
    texts = (str(first.value) for first in firsts if isinstance(first, ast.Constant))
    return {text for text in texts if re.fullmatch(r"[a-z]+\.([a-z-]+[.-])?", text)}


def test_there_is_a_file_for_every_language_and_no_other() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_the_same_places_in_every_language(language: str) -> None:
    words = sentences(language)

    assert words.keys() == ENGLISH.keys()
    for code, english in ENGLISH.items():
        assert set(PLACE.findall(words[code])) == set(PLACE.findall(english)), code
        assert words[code].strip(), code


def test_every_code_in_the_programs_has_its_sentence() -> None:
    used = {code for code, _ in calls()}

    assert len(used) > 150
    assert used - ENGLISH.keys() == set()


def test_every_dotted_word_that_looks_like_a_code_is_one() -> None:
    domains = {code.split(".")[0] for code in ENGLISH if "." in code}
    alike = re.compile(rf"(?:{'|'.join(domains)})\.[a-z][a-z0-9.-]*")
    file_name = re.compile(r".*\.(toml|db|sock|wav|json|flac|tones|tar|pem)$")
    looks = {word for word in literals() - beginnings() if alike.fullmatch(word)}

    assert {word for word in looks if not file_name.fullmatch(word)} - ENGLISH.keys() == set()


def test_every_place_of_a_sentence_is_filled() -> None:
    for code, call in calls():
        given = values(call)
        if given is not None:
            missing = set(PLACE.findall(ENGLISH[code])) - given
            assert not missing, f"{code} is told without {missing}, line {call.lineno}"


def test_the_words_for_health_and_phase_are_complete() -> None:
    built = {f"health.{health}" for health in Health} | {f"phase.{phase}" for phase in CallPhase}

    assert {code for code in ENGLISH if code.startswith(("health.", "phase."))} == built


def test_no_sentence_is_left_over() -> None:
    # Owners choose spoken prompts by name, so all of those may be heard.
    written, built = literals(), ("prompt.", *beginnings())
    left_over = {
        code
        for code in ENGLISH
        if code not in written and not code.startswith(built) and code not in PAGES
    }

    assert left_over == set()
