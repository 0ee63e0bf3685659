"""G.711 over every sample and every code."""

from collections.abc import Callable

import numpy as np
import pytest

from firmware.contract.pcm import Samples
from firmware.dsp import g711

EVERY_SAMPLE = np.arange(-32_768, 32_768).astype(np.int16)
EVERY_CODE = np.arange(256, dtype=np.uint8)

Encode = Callable[[Samples], g711.Codes]
Decode = Callable[[g711.Codes], Samples]

LAWS = pytest.mark.parametrize(
    ("encode", "decode"),
    [(g711.to_alaw, g711.from_alaw), (g711.to_mulaw, g711.from_mulaw)],
    ids=["A-law", "mu-law"],
)


@LAWS
def test_every_code_comes_back(encode: Encode, decode: Decode) -> None:
    values = decode(EVERY_CODE)

    assert np.array_equal(decode(encode(values)), values)
    # mu-law has two zeros, so one of its codes cannot.
    assert np.count_nonzero(encode(values) != EVERY_CODE) == 256 - len(np.unique(values))


@LAWS
def test_every_sample_becomes_the_middle_of_its_interval(encode: Encode, decode: Decode) -> None:
    codes = encode(EVERY_SAMPLE)
    for code in np.unique(codes):
        interval = EVERY_SAMPLE[codes == code].astype(int)
        assert np.array_equal(np.diff(interval), np.ones(len(interval) - 1)), code
        if -32_768 in interval or 32_767 in interval:
            continue  # the outermost interval also takes what is clipped
        middle = (interval[0] + interval[-1]) / 2
        assert abs(float(decode(np.array([code], np.uint8))[0]) - middle) <= 2.5, code


@pytest.mark.parametrize(
    ("encode", "sample", "code"),
    [
        # G.711 tables 1 and 2: the ends of the scale and the first steps beside zero.
        (g711.to_alaw, 32_767, 0xAA),
        (g711.to_alaw, -32_768, 0x2A),
        (g711.to_alaw, 8, 0xD5),
        (g711.to_alaw, -8, 0x55),
        (g711.to_mulaw, 32_767, 0x80),
        (g711.to_mulaw, -32_768, 0x00),
        (g711.to_mulaw, 0, 0xFF),
        (g711.to_mulaw, -8, 0x7E),
    ],
)
def test_the_standards_corner_values(encode: Encode, sample: int, code: int) -> None:
    assert encode(np.array([sample], np.int16))[0] == code


@LAWS
def test_shapes_are_kept(encode: Encode, decode: Decode) -> None:
    blocks = np.zeros((3, 160), np.int16)

    assert decode(encode(blocks)).shape == (3, 160)
