"""A short text as a QR code (ISO/IEC 18004): byte mode, level M, versions 1 to 10.

Nothing else is needed for an address on a sheet, so no package is either.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final, TypeAlias

Matrix: TypeAlias = list[list[bool | None]]
"""[row][column], True is dark; None is not decided yet."""

# Table 9, level M: (data bytes of a block, blocks) in one or two groups, and the correction bytes.
BLOCKS: Final[dict[int, tuple[tuple[tuple[int, int], ...], int]]] = {
    1: (((16, 1),), 10),
    2: (((28, 1),), 16),
    3: (((44, 1),), 26),
    4: (((32, 2),), 18),
    5: (((43, 2),), 24),
    6: (((27, 4),), 16),
    7: (((31, 4),), 18),
    8: (((38, 2), (39, 2)), 22),
    9: (((36, 3), (37, 2)), 22),
    10: (((43, 4), (44, 1)), 26),
}
ALIGNMENT: Final[dict[int, tuple[int, ...]]] = {
    1: (),
    2: (6, 18),
    3: (6, 22),
    4: (6, 26),
    5: (6, 30),
    6: (6, 34),
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
}
MASK: Final = 0
"""Always the same mask (row + column even): readers take any, and ours is never large."""
QUIET: Final = 4


def svg_path(text: str) -> tuple[int, str]:
    """Return the side in modules, quiet zone included, and the dark modules as an SVG path.

    Raises ValueError for more than 213 bytes.
    """
    matrix = modules(text)
    runs = [
        f"M{start + QUIET} {row + QUIET}h{end - start}v1h-{end - start}z"
        for row, line in enumerate(matrix)
        for start, end in _dark_runs(line)
    ]
    return len(matrix) + 2 * QUIET, "".join(runs)


def modules(text: str) -> list[list[bool]]:
    """Return the modules of the code, [row][column], without the quiet zone."""
    content = text.encode()
    version = next((v for v in BLOCKS if len(content) <= _room(v)), None)
    if version is None:
        raise ValueError(f"{len(content)} bytes are too many for a QR code of ours")
    matrix = _with_patterns(version)
    bits = _bits(version, content)
    for row, column in _zigzag(matrix):
        dark = next(bits, 0) == 1
        matrix[row][column] = dark != ((row + column) % 2 == 0)
    return [[bool(module) for module in line] for line in matrix]


def _data_bytes(version: int) -> int:
    return sum(size * count for size, count in BLOCKS[version][0])


def _room(version: int) -> int:
    """Content bytes that fit: mode and length take 12 bits, from version 10 on 20."""
    return _data_bytes(version) - (2 if version < 10 else 3)


def _bits(version: int, content: bytes) -> Iterator[int]:
    """Yield the code's bits: data and correction bytes of all blocks, interleaved."""
    length_bits = 8 if version < 10 else 16
    head = f"0100{len(content):0{length_bits}b}" + "".join(f"{byte:08b}" for byte in content)
    room = _data_bytes(version) * 8
    head += "0" * min(4, room - len(head))
    head += "0" * (-len(head) % 8)
    data = [int(head[at : at + 8], 2) for at in range(0, len(head), 8)]
    data += [(0xEC, 0x11)[n % 2] for n in range(room // 8 - len(data))]
    blocks, at = list[list[int]](), 0
    for size, count in BLOCKS[version][0]:
        for _ in range(count):
            blocks.append(data[at : at + size])
            at += size
    corrections = [_correction(block, BLOCKS[version][1]) for block in blocks]
    for parts in (blocks, corrections):
        for n in range(max(map(len, parts))):
            for part in parts:
                if n < len(part):
                    yield from (part[n] >> shift & 1 for shift in range(7, -1, -1))


# ---- Reed-Solomon over GF(256), polynomial x^8+x^4+x^3+x^2+1


@cache
def _powers() -> tuple[int, ...]:
    """Return the powers of the generator, twice round."""
    powers = [1]
    for _ in range(509):
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0x11D if doubled > 255 else doubled)
    return tuple(powers)


@cache
def _logs() -> dict[int, int]:
    return {power: n for n, power in enumerate(_powers()[:255])}


def _times(a: int, b: int) -> int:
    return 0 if 0 in (a, b) else _powers()[_logs()[a] + _logs()[b]]


def _correction(block: list[int], length: int) -> list[int]:
    divisor = [1]
    for n in range(length):
        shifted = [0, *(_times(_powers()[n], term) for term in divisor)]
        divisor = [a ^ b for a, b in zip([*divisor, 0], shifted, strict=True)]
    rest = [*block, *[0] * length]
    for at in range(len(block)):
        factor = rest[at]
        for n, term in enumerate(divisor):
            rest[at + n] ^= _times(term, factor)
    return rest[-length:]


# ---- where the modules go


def _with_patterns(version: int) -> Matrix:
    """Return the matrix with all that is no data in its place."""
    size = 17 + 4 * version
    matrix: Matrix = [[None] * size for _ in range(size)]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        _square(matrix, top + 3, left + 3, (True, True, False, True, False))
    for row in ALIGNMENT[version]:
        for column in ALIGNMENT[version]:
            if matrix[row][column] is None:
                _square(matrix, row, column, (True, False, True))
    _timing(matrix)
    _format(matrix)
    if version >= 7:
        _version(matrix, version)
    return matrix


def _timing(matrix: Matrix) -> None:
    for n in range(8, len(matrix) - 8):
        for row, column in ((6, n), (n, 6)):
            if matrix[row][column] is None:
                matrix[row][column] = n % 2 == 0


def _square(matrix: Matrix, row: int, column: int, rings: tuple[bool, ...]) -> None:
    """Draw rings around a middle; the outermost may reach over the edge."""
    reach = len(rings) - 1
    for y in range(row - reach, row + reach + 1):
        for x in range(column - reach, column + reach + 1):
            if 0 <= y < len(matrix) and 0 <= x < len(matrix):
                matrix[y][x] = rings[max(abs(y - row), abs(x - column))]


def _format(matrix: Matrix) -> None:
    """Level M (00) and the mask, twice (7.9); and the one module that is always dark."""
    bits = MASK << 10 | _remainder(MASK << 10, 0x537)
    bits ^= 0x5412
    size = len(matrix)
    places = [(n, 8) for n in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, n) for n in (7, 5, 4, 3, 2, 1, 0)]
    again = [(8, size - 1 - n) for n in range(8)] + [(size - 7 + n, 8) for n in range(7)]
    for n in range(15):
        for row, column in (places[n], again[n]):
            matrix[row][column] = bits >> n & 1 == 1
    matrix[size - 8][8] = True


def _version(matrix: Matrix, version: int) -> None:
    bits = version << 12 | _remainder(version << 12, 0x1F25)
    for n in range(18):
        near, far = n // 3, len(matrix) - 11 + n % 3
        matrix[near][far] = matrix[far][near] = bits >> n & 1 == 1


def _remainder(value: int, divisor: int) -> int:
    while value.bit_length() >= divisor.bit_length():
        value ^= divisor << value.bit_length() - divisor.bit_length()
    return value


def _zigzag(matrix: Matrix) -> Iterator[tuple[int, int]]:
    """Yield the free places in the order of the bits: pairs of columns, up and down by turns."""
    size = len(matrix)
    columns = [column for column in range(size - 1, -1, -1) if column != 6]
    for turn, (right, left) in enumerate(list(pairwise(columns))[::2]):
        rows = range(size - 1, -1, -1) if turn % 2 == 0 else range(size)
        for row in rows:
            for column in (right, left):
                if matrix[row][column] is None:
                    yield row, column


def _dark_runs(line: list[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for at, dark in enumerate([*line, False]):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            yield start, at
            start = None
