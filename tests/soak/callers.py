"""Outside parties that call in through the practice network's own socket, many at a time."""

import json
import socket
from dataclasses import dataclass
from typing import Self

from tests.practice_box import Json, PracticeBox


@dataclass
class Caller:
    """One call from outside; leaving the socket hangs it up."""

    line: str
    connection: socket.socket

    @classmethod
    def calls(cls, box: PracticeBox, line: str, **options: object) -> Self:
        """Dial `line`; options are the fields of the practice network's `call` request."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(box.state / "practice" / "control"))
        request = {"do": "call", "line_id": line, **options}
        connection.sendall(json.dumps(request).encode() + b"\n")
        connection.setblocking(False)
        return cls(line, connection)

    def is_over(self) -> bool:
        """Tell whether the call has ended; the account of it stays to be read."""
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return False

    def account(self) -> Json:
        """Return what the outside party met with; waits for the end of the call."""
        self.connection.settimeout(60)
        with self.connection.makefile("rb") as lines:
            account: Json = json.loads(lines.readline())
        self.hang_up()
        return account

    def hang_up(self) -> None:
        self.connection.close()
