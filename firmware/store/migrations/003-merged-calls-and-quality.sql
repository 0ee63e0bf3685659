-- A call that became part of an older one by a transfer; the older one has its legs and steps too.
ALTER TABLE calls ADD COLUMN merged_into TEXT;

-- How the sound of a packet line fared, as its card told it when the leg ended.
ALTER TABLE call_legs ADD COLUMN lost_percent REAL;
ALTER TABLE call_legs ADD COLUMN jitter_ms REAL;
ALTER TABLE call_legs ADD COLUMN round_trip_ms REAL;
ALTER TABLE call_legs ADD COLUMN mos REAL;
