"""SIP phones and trunks: pjsua2 signals, our own RTP carries the sound, Kamailio is the door."""
