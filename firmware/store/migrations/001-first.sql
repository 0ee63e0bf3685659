-- Calls, what happened on them and what was kept of them.
-- ULID keys grow, so the clustered tables are appended to and need no second index.
-- Times are UTC with milliseconds; the office's zone stands beside, never inside.

CREATE TABLE sequence (last INTEGER NOT NULL);

CREATE TABLE calls (
    call_id TEXT PRIMARY KEY,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    incoming INTEGER NOT NULL,
    line_id TEXT,
    calling TEXT,
    calling_name TEXT,
    called TEXT,
    extension TEXT,
    language TEXT,
    began_at TEXT NOT NULL,
    answered_at TEXT,
    ended_at TEXT,
    zone TEXT NOT NULL,
    disposition TEXT,
    cause INTEGER,
    supervision TEXT,
    cost_micros INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE INDEX unfinished_calls ON calls (call_id) WHERE ended_at IS NULL;

CREATE TABLE call_legs (
    call_id TEXT NOT NULL REFERENCES calls,
    leg_id TEXT NOT NULL,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    line_id TEXT NOT NULL,
    side TEXT NOT NULL,
    number TEXT,
    name TEXT,
    extension TEXT,
    began_ms INTEGER NOT NULL,
    answered_ms INTEGER,
    ended_ms INTEGER,
    cause INTEGER,
    PRIMARY KEY (call_id, leg_id)
) WITHOUT ROWID;

-- Belongs to its call for ever, so the call's ULID and n name it; n is given when it is written.
CREATE TABLE call_steps (
    call_id TEXT NOT NULL REFERENCES calls,
    n INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    code TEXT NOT NULL,
    args TEXT NOT NULL,
    leg_id TEXT,
    PRIMARY KEY (call_id, n)
) WITHOUT ROWID;

-- One recording a call, however often it is transferred; the proof of its announcement with it.
CREATE TABLE recordings (
    call_id TEXT PRIMARY KEY REFERENCES calls,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    file TEXT NOT NULL,
    state TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    announcement TEXT,
    announcement_sound TEXT,
    announcement_played_ms INTEGER NOT NULL DEFAULT 0,
    announcement_complete INTEGER NOT NULL DEFAULT 0,
    keep_until TEXT
) WITHOUT ROWID;

CREATE TABLE voicemails (
    voicemail_id TEXT PRIMARY KEY,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    call_id TEXT NOT NULL REFERENCES calls,
    mailbox TEXT NOT NULL,
    calling TEXT,
    calling_name TEXT,
    file TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    left_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    heard_at TEXT,
    heard_by TEXT,
    deleted_at TEXT,
    keep_until TEXT
) WITHOUT ROWID;

CREATE TABLE audit (
    audit_id TEXT PRIMARY KEY,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    code TEXT NOT NULL,
    args TEXT NOT NULL
) WITHOUT ROWID;

-- What calls out have cost, per line and day of the office's zone; the caps are held against it.
CREATE TABLE spending (
    day TEXT NOT NULL,
    line_id TEXT NOT NULL,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    cost_micros INTEGER NOT NULL,
    PRIMARY KEY (day, line_id)
) WITHOUT ROWID;

CREATE TABLE learned_tones (
    line_id TEXT PRIMARY KEY,
    frequency_hz REAL NOT NULL,
    on_ms INTEGER NOT NULL,
    off_ms INTEGER NOT NULL,
    learned_at TEXT NOT NULL
) WITHOUT ROWID;
