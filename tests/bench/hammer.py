"""The page's API asked as fast as it answers, by several clients at once.

    python -m tests.bench.hammer STATE PORT SECONDS

Makes the owner with the set-up code of the box's console, then asks; prints how
often it was answered, and the answers' codes.
"""

import http.client
import json
import re
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

CODE: Final = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}")
PASSWORD: Final = "seven wires in a duct"
CLIENTS: Final = 4
QUESTIONS: Final = (
    "/api/snapshot",
    "/api/calls?limit=50",
    "/api/lines",
    "/api/config",
    "/api/voicemail",
    "/api/audit",
    "/",
)


def owner_cookie(state: Path, port: int) -> str:
    """Claim the box and return the owner's session."""
    found = CODE.search((state / "console.log").read_text("utf-8"))
    assert found is not None, "no set-up code on the console"
    form = {"code": found.group(), "name": "owner", "password": PASSWORD, "again": PASSWORD}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/claim", urlencode(form), headers)
    answer = connection.getresponse()
    cookie = answer.getheader("Set-Cookie", "").split(";")[0]
    assert cookie.startswith("sid="), (answer.status, answer.read()[:200])
    connection.close()
    return cookie


def ask_on(port: int, cookie: str, until_s: float, codes: Counter[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < until_s:
        for question in QUESTIONS:
            connection.request("GET", question, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            codes[answer.status] += 1
    connection.close()


def main() -> None:
    state, port, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    cookie = owner_cookie(state, port)
    codes: Counter[int] = Counter()
    until_s = time.monotonic() + seconds
    clients = [
        threading.Thread(target=ask_on, args=(port, cookie, until_s, codes)) for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    print(json.dumps({"answers": sum(codes.values()), "codes": dict(codes)}))


if __name__ == "__main__":
    main()
