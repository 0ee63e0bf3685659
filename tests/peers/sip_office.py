"""An office whose only line is a SIP trunk known by its address: what sipp calls."""

from typing import Final

from tests.peers.sipp_run import CALLED

MAX_CALLS_OF_A_TRUNK: Final = 30

_OFFICE: Final = """
[office]
name = "Office with a trunk"
country = "GB"
timezone = "Europe/London"
languages = ["en"]
numbers = ["{called}"]
box = "sipp"
currency = "GBP"

[[mailboxes]]
id = "office"
name = "Office"

[[routes_in]]
to = {{ flow = "main" }}

[flows.main]
start = "welcome"

[flows.main.nodes.welcome]
type = "menu"
prompt = "welcome"
timeout_s = 20
retries = 9
timeout = "goodbye"
invalid = "goodbye"
[flows.main.nodes.welcome.keys]
2 = "message"

[flows.main.nodes.message]
type = "voicemail"
mailbox = "office"

[flows.main.nodes.goodbye]
type = "hangup"
prompt = "goodbye"

[prompts.welcome]
en.text = "{greeting}"

[prompts.goodbye]
en.text = "Thank you for calling. Goodbye."
"""

GREETING: Final = (
    "Welcome to the office with a trunk. To leave a message, press 2. Otherwise hold on, please: "
    "we shall tell you in a minute who we are, what we do, and when we are open. "
)

_TRUNK: Final = """
[[lines]]
id = "trunk-{port}"
driver = "sip"
account = "trunk"
server = "127.0.0.1:{port}"
registers = false
calls_at_once = {calls}
number = "{called}"
record = {record}
"""


def sip_office(trunks: dict[int, int], *, record: bool = True) -> str:
    """Return a tipring.toml with a trunk at each port for so many calls at once."""
    lines = [
        _TRUNK.format(port=port, calls=calls, called=CALLED, record=str(record).lower())
        for port, calls in trunks.items()
    ]
    return _OFFICE.format(called=CALLED, greeting=GREETING * 2) + "".join(lines)
