-- Letters that wait to be sent by e-mail, and for a while those that were given up.
-- A letter that was sent is deleted: what it said is nobody's business here.

CREATE TABLE outbox (
    letter_id TEXT PRIMARY KEY,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    sound TEXT,
    sound_name TEXT,
    queued_at TEXT NOT NULL,
    tries INTEGER NOT NULL,
    next_at TEXT,
    fault TEXT
) WITHOUT ROWID;
