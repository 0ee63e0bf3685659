"""The office of the scripted tests: short waits, a menu of every kind, recording on one line."""

from typing import Final

SCRIPTED_OFFICE: Final = """
[office]
name = "Scripted office"
country = "GB"
timezone = "Europe/London"
languages = ["en"]

[[lines]]
id = "gsm-1"
driver = "gsm"
imei = "860000000000011"
number = "+447700900001"

[[lines]]
id = "gsm-2"
driver = "gsm"
imei = "860000000000022"
number = "+447700900002"
record = true

[[lines]]
id = "fxo-1"
driver = "fxo"
serial = "conexant-d1"
number = "+441632960011"

[[lines]]
id = "fxo-2"
driver = "fxo"
serial = "conexant-e1"
number = "+441632960012"

[[lines]]
id = "phone-1"
driver = "virtual"
serial = "phone-f1"

[[lines]]
id = "phone-2"
driver = "virtual"
serial = "phone-f2"

[[lines]]
id = "phone-3"
driver = "virtual"
serial = "phone-f3"

[[extensions]]
id = "101"
name = "Front desk"
devices = ["phone-1"]
ring_s = 5
voicemail = "office"

[[extensions]]
id = "102"
name = "Workshop"
devices = ["phone-2"]
ring_s = 5

[[extensions]]
id = "103"
name = "Store room"
devices = ["phone-3"]
ring_s = 5

[[groups]]
id = "everybody"
extension = "600"
extensions = ["101", "102"]
ring_s = 5

[[mailboxes]]
id = "office"
name = "Office"
max_s = 5

[callers]
blocked = ["+447700900666"]

[timetables.never]
weekly = []

[[routes_in]]
lines = ["fxo-1"]
to = { group = "everybody" }

[[routes_in]]
to = { flow = "main" }

[toll_guard]
default_class = "scripted"
flow_class = "scripted"

[[dial_classes]]
id = "scripted"
kinds = ["fixed", "mobile", "toll-free", "other"]

[flows.main]
start = "welcome"
extension = "700"

[flows.main.nodes.welcome]
type = "menu"
prompt = "one-moment"
dial_extension = true
timeout_s = 1
retries = 1
timeout = "hours"
invalid = "bye"
[flows.main.nodes.welcome.keys]
1 = "desk"
5 = "desk"
2 = "message"
3 = "account"
4 = "outside"

[flows.main.nodes.desk]
type = "connect"
extensions = ["101"]
ring_s = 5
no_answer = "message"
busy = "bye"

[flows.main.nodes.outside]
type = "connect"
number = "+441632960077"
ring_s = 5
no_answer = "bye"

[flows.main.nodes.account]
type = "collect"
prompt = "one-moment"
variable = "account"
min_digits = 4
max_digits = 4
timeout_s = 1
retries = 0
secret = true
next = "bye"
timeout = "bye"
invalid = "bye"

[flows.main.nodes.hours]
type = "hours"
timetable = "never"
open = "desk"
closed = "message"

[flows.main.nodes.message]
type = "voicemail"
mailbox = "office"
end_silence_s = 2

[flows.main.nodes.bye]
type = "hangup"
prompt = "goodbye"
"""
