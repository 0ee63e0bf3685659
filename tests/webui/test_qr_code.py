"""The QR code of the sheet, judged by a reader others wrote (zbar)."""

import random
import string
import subprocess
from pathlib import Path

import numpy as np
import pytest

from webui.qr_code import QUIET, modules, svg_path

SCALE = 4
LINK = "http://192.0.2.7:8080/provision/5fJ1tQ0-_aYb2Zc9dKeLmNoP/softphone.xml"


def picture(text: str, file: Path) -> None:
    """Write the code as a picture (PGM) as a phone's camera might see it."""
    dark = np.pad(np.array(modules(text)), QUIET)
    image = np.where(np.kron(dark, np.ones((SCALE, SCALE))), 0, 255).astype(np.uint8)
    file.write_bytes(b"P5 %d %d 255\n" % image.shape + image.tobytes())


def read(file: Path) -> str:
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(file)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip("\n")


@pytest.mark.peer
@pytest.mark.parametrize("length", [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 213])
def test_a_reader_reads_what_was_written(tmp_path: Path, length: int) -> None:
    chance = random.Random(length)
    text = "".join(chance.choices(string.ascii_letters + string.digits + ":/._-", k=length))

    picture(text, tmp_path / "code.pgm")

    assert read(tmp_path / "code.pgm") == text


@pytest.mark.peer
def test_the_link_of_a_sheet_is_readable(tmp_path: Path) -> None:
    picture(LINK, tmp_path / "code.pgm")

    assert read(tmp_path / "code.pgm") == LINK


def test_the_path_draws_every_dark_module_once() -> None:
    side, path = svg_path(LINK)
    matrix = modules(LINK)

    widths = [int(run.partition("h")[2].partition("v")[0]) for run in path.split("M")[1:]]
    assert side == len(matrix) + 2 * QUIET
    assert sum(widths) == sum(map(sum, matrix))


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        modules("x" * 214)
