"""One AT command line as a modem takes it apart (V.250 clause 5.4), with no modem attached."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class AtCommand:
    name: str
    """Upper case: `E`, `&F`, `S7`, `+VLS`, `-TRV`, `D`."""
    mark: str = ""
    """`=` sets, `?` reads, `=?` asks what is possible, empty acts."""
    value: str = ""


_PIECE: Final = re.compile(
    r"""
      (?P<extended>[+\#*-][A-Z]+[0-9]*)\s*
          (?: (?P<ask>=\?) | (?P<read>\?)
            | (?P<set>=)(?P<argument>(?:"[^"]*"|\[[^\]]*\]|[^;"])*) )? ;?
    | (?P<dial>D)(?P<digits>.*)$
    | (?P<register>S[0-9]+)(?: (?P<sread>\?) | =(?P<svalue>[0-9]*) )?
    | (?P<basic>[&%\\*]?[A-Z])(?P<number>[0-9]*)
    """,
    re.VERBOSE | re.DOTALL,
)


def split(line: str) -> list[AtCommand] | None:
    """Return the commands after `AT`, or None where the line is no command line."""
    text = line.strip()
    if text[:2].upper() != "AT":
        return None
    text = text[2:].upper().strip()
    found: list[AtCommand] = []
    while text:
        piece = _PIECE.match(text)
        if piece is None or not piece.end():
            return None
        found.append(_command(piece))
        text = text[piece.end() :].lstrip(" ;")
    return found


def _command(piece: re.Match[str]) -> AtCommand:
    if name := piece["extended"]:
        mark = piece["ask"] or piece["read"] or piece["set"] or ""
        return AtCommand(name, mark, (piece["argument"] or "").strip())
    if piece["dial"]:
        return AtCommand("D", "", piece["digits"])
    if register := piece["register"]:
        return AtCommand(register, "?" if piece["sread"] else "=", piece["svalue"] or "")
    return AtCommand(piece["basic"], "", piece["number"])
