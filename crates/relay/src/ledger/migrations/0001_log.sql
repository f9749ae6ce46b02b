-- The organisation's log and what the relay must remember beside it. Times are milliseconds since 1970, UTC.

-- One row: the log's name, and the position up to which events were compacted away.
CREATE TABLE log (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    name  TEXT    NOT NULL,
    floor INTEGER NOT NULL DEFAULT 0 CHECK (floor >= 0)
) STRICT;

INSERT INTO log (id, name) VALUES (1, lower(hex(randomblob(16))));

CREATE TABLE event (
    seq  INTEGER PRIMARY KEY,
    body TEXT    NOT NULL
) STRICT;

-- Positions are gap-free: an event can only take the place after the last one.
CREATE TRIGGER event_takes_the_next_place BEFORE INSERT ON event
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM event), (SELECT floor FROM log))
BEGIN
    SELECT raise(ABORT, 'an event must take the next place of the log');
END;

-- Only a compacted prefix goes away.
CREATE TRIGGER event_is_kept_above_the_floor BEFORE DELETE ON event
WHEN OLD.seq > (SELECT floor FROM log)
BEGIN
    SELECT raise(ABORT, 'an event above the floor of the log is kept');
END;

CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN
    SELECT raise(ABORT, 'an event never changes');
END;

-- SHA-256 of every delivery of the last day, so that a repeat is recognised.
CREATE TABLE delivery (
    digest   BLOB    PRIMARY KEY CHECK (length(digest) = 32),
    heard_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_by_age ON delivery (heard_at);

-- The fold at a position, as snapshot lines in parts; a snapshot counts once it is whole.
CREATE TABLE snapshot (
    seq   INTEGER PRIMARY KEY,
    whole INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1))
) STRICT;

CREATE TABLE snapshot_part (
    seq  INTEGER NOT NULL REFERENCES snapshot (seq) ON DELETE CASCADE,
    part INTEGER NOT NULL CHECK (part >= 0),
    body TEXT    NOT NULL,
    PRIMARY KEY (seq, part)
) STRICT;

-- How far the sweep of the directory is; a sweep never goes back to an earlier one.
CREATE TABLE sweep (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    step        TEXT    NOT NULL CHECK (step IN ('active', 'inactive', 'pending', 'phones', 'finished')),
    page        TEXT,
    finished_at INTEGER
) STRICT;

-- In which sweep a person was last listed.
CREATE TABLE listed (
    person TEXT    PRIMARY KEY,
    sweep  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The first hundred deliveries that could not be read: their shape, never their content.
CREATE TABLE oddity (
    id       INTEGER PRIMARY KEY,
    heard_at INTEGER NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('malformed', 'unknown')),
    bytes    INTEGER NOT NULL,
    shape    TEXT    NOT NULL
) STRICT;
