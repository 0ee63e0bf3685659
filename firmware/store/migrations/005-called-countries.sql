-- The countries ever called, and by whom first: a first call ever is told to the owner.

CREATE TABLE called_countries (
    country TEXT PRIMARY KEY,
    extension TEXT NOT NULL,
    first_at TEXT NOT NULL
) WITHOUT ROWID;
