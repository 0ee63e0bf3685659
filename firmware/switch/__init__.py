"""The process with the 20 ms tick: connects timeslots, plays, listens and records."""
