"""The RTP process: the sound of every SIP call, moved as arrays between sockets and timeslots."""
