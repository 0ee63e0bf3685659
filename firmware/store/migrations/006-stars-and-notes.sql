-- What people add to a call. The exchange's own row of a call never names these columns,
-- so a call that is still up cannot overwrite them.

ALTER TABLE calls ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;

CREATE INDEX starred_calls ON calls (call_id) WHERE starred;

CREATE TABLE call_notes (
    note_id TEXT PRIMARY KEY,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    call_id TEXT NOT NULL REFERENCES calls,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    text TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX notes_of_call ON call_notes (call_id);
