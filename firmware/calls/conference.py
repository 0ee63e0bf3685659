"""Several people in one conversation, put together by the exchange instead of a hook flash.

Calls that were apart become one, the oldest. Recorded as always: left the
outside parties, right the office.
"""

from firmware.calls.call import Call
from firmware.calls.consultation import merged
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.recording import CallRecorder
from firmware.calls.talk import Talk


def conference(office: Office, call: Call, *legs: Leg) -> Call:
    """Let these connected legs, of `call` or of others, talk with each other and with those who
    talk on `call` already; return the call they are on now.

    Whatever was being done on the calls is abandoned; when one of two has left it is over.
    """
    talking = call.conversation.parties if call.conversation is not None else ()
    everybody = tuple(dict.fromkeys((*talking, *legs)))
    for other in dict.fromkeys(map(office.call_of, legs)):
        if other is not None and other is not call:
            call = merged(call, other)
    recorder = call.recorder or CallRecorder(office, call)
    call.step("conference.begins")
    call.turn_to(lambda: Talk(office, call, recorder, *everybody).run())
    return call
