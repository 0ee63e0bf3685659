"""The documents name what is there: links lead somewhere, every folder and decision is listed."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from drivers import DRIVERS
from firmware.contract.settings import AnyLineSettings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("drivers/*/README.md")]
LINK = re.compile(r"\]\((?!\w+:|#|/)([^)#\s]+)")
QUOTED_PATH = re.compile(r"`((?:firmware|drivers|webui|tests|docs|systemd)/[\w./-]+)`")
TOML_BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
LINES: TypeAdapter[tuple[AnyLineSettings, ...]] = TypeAdapter(tuple[AnyLineSettings, ...])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    linked = {link for link in LINK.findall(text) if not (page.parent / link).exists()}
    quoted = {path for path in QUOTED_PATH.findall(text) if not (ROOT / path).exists()}

    assert linked | quoted == set()


def test_the_readme_says_what_is_in_every_folder() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    folders = [file.parent.name for file in ROOT.glob("firmware/*/__init__.py")]

    assert len(folders) > 10
    assert [name for name in folders if f"`firmware/{name}/`" not in readme] == []


def test_every_decision_is_in_the_list() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    for file in ROOT.glob("docs/decisions/0*.md"):
        number, title = file.read_text("utf-8").splitlines()[0].removeprefix("# ").split(" ", 1)
        assert f"- [{number}]({file.name}) {title}\n" in index
        assert file.name.startswith(number)


@pytest.mark.parametrize("kind", DRIVERS)
def test_every_driver_tells_of_its_hardware_wiring_and_wire(kind: str) -> None:
    readme = (ROOT / "drivers" / kind / "README.md").read_text("utf-8")
    examples = [tomllib.loads(block) for block in TOML_BLOCK.findall(readme)]

    assert "hardware" in readme.lower()
    assert "wiring" in readme.lower()
    settings = [LINES.validate_python(example["lines"]) for example in examples]
    assert [one.driver for lines in settings for one in lines] == [kind]
