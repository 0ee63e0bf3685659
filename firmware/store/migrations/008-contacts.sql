-- Names the office gave to numbers: shown when they call.

CREATE TABLE contacts (
    number TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL
) WITHOUT ROWID;
