-- Who spent it stands beside the line: caps are held per extension, too. '' are flows.

CREATE TABLE spending_by_extension (
    day TEXT NOT NULL,
    line_id TEXT NOT NULL,
    extension TEXT NOT NULL,
    box TEXT NOT NULL,
    seq INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    cost_micros INTEGER NOT NULL,
    PRIMARY KEY (day, line_id, extension)
) WITHOUT ROWID;

INSERT INTO spending_by_extension (day, line_id, extension, box, seq, calls, seconds, cost_micros)
SELECT day, line_id, '', box, seq, calls, seconds, cost_micros FROM spending;

DROP TABLE spending;

ALTER TABLE spending_by_extension RENAME TO spending;
