-- What people switch by code or page, and the PINs tried; all of it must outlive a power cut.

CREATE TABLE extensions (
    extension TEXT PRIMARY KEY,
    do_not_disturb INTEGER NOT NULL,
    call_waiting INTEGER,
    forward_always TEXT,
    forward_busy TEXT,
    forward_no_answer TEXT,
    changed_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE switched (
    what TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    changed_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE pin_tries (
    mailbox TEXT PRIMARY KEY,
    wrong INTEGER NOT NULL,
    locked_until TEXT
) WITHOUT ROWID;
