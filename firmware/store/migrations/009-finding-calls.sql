-- What lists ask for, so that a page of calls is found without reading all of them.

-- The ULID's time and its last 15 bits as a number: grows as call_id does, so the search below,
-- which can only be walked by number, yields calls in the order of the list. The last bits, since
-- ids of one millisecond are made by counting up: their first random bits are the same.
ALTER TABLE calls ADD COLUMN place INTEGER GENERATED ALWAYS AS (
    ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 1, 1)) - 1) << 60)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 2, 1)) - 1) << 55)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 3, 1)) - 1) << 50)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 4, 1)) - 1) << 45)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 5, 1)) - 1) << 40)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 6, 1)) - 1) << 35)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 7, 1)) - 1) << 30)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 8, 1)) - 1) << 25)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 9, 1)) - 1) << 20)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 10, 1)) - 1) << 15)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 24, 1)) - 1) << 10)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 25, 1)) - 1) << 5)
    | ((instr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(call_id, 26, 1)) - 1) << 0)
) VIRTUAL;

-- How long people talked, in the classes the list is filtered by.
ALTER TABLE calls ADD COLUMN length TEXT GENERATED ALWAYS AS (
    CASE WHEN answered_at IS NULL OR ended_at IS NULL THEN NULL
    WHEN julianday(ended_at) - julianday(answered_at) < 30.0 / 86400 THEN 'under-30-s'
    WHEN julianday(ended_at) - julianday(answered_at) < 120.0 / 86400 THEN 'under-2-min'
    WHEN julianday(ended_at) - julianday(answered_at) < 600.0 / 86400 THEN 'under-10-min'
    ELSE 'longer' END
) VIRTUAL;

-- Whether there is a recording: kept true by the triggers below.
ALTER TABLE calls ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0;

UPDATE calls SET recorded = 1 WHERE call_id IN
(SELECT call_id FROM recordings WHERE state NOT IN ('deleted', 'lost'));

CREATE TRIGGER recording_made AFTER INSERT ON recordings BEGIN
    UPDATE calls SET recorded = NEW.state NOT IN ('deleted', 'lost')
    WHERE call_id = NEW.call_id;
END;

CREATE TRIGGER recording_changed AFTER UPDATE OF state ON recordings
WHEN (OLD.state IN ('deleted', 'lost')) <> (NEW.state IN ('deleted', 'lost')) BEGIN
    UPDATE calls SET recorded = NEW.state NOT IN ('deleted', 'lost')
    WHERE call_id = NEW.call_id;
END;

-- Without what is not known yet: a call that begins writes none of these pages.
CREATE INDEX calls_of_line ON calls (line_id, call_id) WHERE line_id IS NOT NULL;
CREATE INDEX calls_that_became ON calls (disposition, call_id) WHERE disposition IS NOT NULL;
CREATE INDEX calls_of_length ON calls (length, call_id) WHERE length IS NOT NULL;
CREATE INDEX calls_recorded ON calls (recorded, call_id);
CREATE INDEX legs_of_extension ON call_legs (extension, call_id) WHERE extension IS NOT NULL;
CREATE INDEX voicemails_of_call ON voicemails (call_id);
CREATE INDEX audit_of_call ON audit (json_extract(args, '$.call'))
WHERE json_extract(args, '$.call') IS NOT NULL;

-- Any three characters or more of a number, a name or a note. A call is in it once it is over.
CREATE VIRTUAL TABLE call_search USING fts5 (
    text, call_id UNINDEXED, tokenize = 'trigram', columnsize = 0
);

CREATE VIEW call_texts AS
SELECT place, call_id, (SELECT group_concat(word, char(10)) FROM (
    SELECT calling AS word UNION SELECT calling_name UNION SELECT called UNION SELECT extension
    UNION SELECT number FROM call_legs WHERE call_legs.call_id = calls.call_id
    UNION SELECT name FROM call_legs WHERE call_legs.call_id = calls.call_id
    UNION SELECT text FROM call_notes WHERE call_notes.call_id = calls.call_id
)) AS text
FROM calls WHERE ended_at IS NOT NULL AND merged_into IS NULL;

INSERT INTO call_search (rowid, text, call_id) SELECT place, text, call_id FROM call_texts;

-- Never INSERT OR REPLACE: inside an upsert a trigger's own OR counts for nothing, and the row
-- that made the trigger run would be refused.
CREATE TRIGGER call_over AFTER UPDATE OF ended_at ON calls
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL BEGIN
    DELETE FROM call_search
    WHERE rowid = (SELECT place FROM call_texts WHERE call_id = NEW.call_id);
    INSERT INTO call_search (rowid, text, call_id)
    SELECT place, text, call_id FROM call_texts WHERE call_id = NEW.call_id;
END;

CREATE TRIGGER call_already_over AFTER INSERT ON calls WHEN NEW.ended_at IS NOT NULL BEGIN
    DELETE FROM call_search
    WHERE rowid = (SELECT place FROM call_texts WHERE call_id = NEW.call_id);
    INSERT INTO call_search (rowid, text, call_id)
    SELECT place, text, call_id FROM call_texts WHERE call_id = NEW.call_id;
END;

CREATE TRIGGER leg_came_late AFTER INSERT ON call_legs
WHEN EXISTS (SELECT 1 FROM call_texts WHERE call_id = NEW.call_id) BEGIN
    DELETE FROM call_search
    WHERE rowid = (SELECT place FROM call_texts WHERE call_id = NEW.call_id);
    INSERT INTO call_search (rowid, text, call_id)
    SELECT place, text, call_id FROM call_texts WHERE call_id = NEW.call_id;
END;

CREATE TRIGGER call_noted AFTER INSERT ON call_notes BEGIN
    DELETE FROM call_search
    WHERE rowid = (SELECT place FROM call_texts WHERE call_id = NEW.call_id);
    INSERT INTO call_search (rowid, text, call_id)
    SELECT place, text, call_id FROM call_texts WHERE call_id = NEW.call_id;
END;

CREATE TRIGGER call_note_gone AFTER DELETE ON call_notes BEGIN
    DELETE FROM call_search
    WHERE rowid = (SELECT place FROM call_texts WHERE call_id = OLD.call_id);
    INSERT INTO call_search (rowid, text, call_id)
    SELECT place, text, call_id FROM call_texts WHERE call_id = OLD.call_id;
END;

CREATE TRIGGER call_gone AFTER DELETE ON calls BEGIN
    DELETE FROM call_search WHERE rowid = OLD.place;
END;
