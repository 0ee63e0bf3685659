-- What callers answered to the questions of a form; a spoken answer is a file in STATE/voicemail.

CREATE TABLE form_answers (
    answer_id TEXT PRIMARY KEY,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    call_id TEXT NOT NULL REFERENCES calls,
    question TEXT NOT NULL,
    digits TEXT,
    file TEXT,
    duration_ms INTEGER NOT NULL,
    answered_at TEXT NOT NULL,
    keep_until TEXT NOT NULL,
    deleted_at TEXT
) WITHOUT ROWID;

CREATE INDEX form_answers_of_call ON form_answers (call_id);

-- Whom the box has promised to call back; it must survive whatever happens before it is kept.

CREATE TABLE call_backs (
    call_back_id TEXT PRIMARY KEY,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    number TEXT NOT NULL,
    name TEXT,
    extensions TEXT NOT NULL,
    ring_group TEXT,
    timetable TEXT NOT NULL,
    language TEXT NOT NULL,
    tries INTEGER NOT NULL,
    most_tries INTEGER NOT NULL,
    every_min INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    state TEXT NOT NULL
) WITHOUT ROWID;
