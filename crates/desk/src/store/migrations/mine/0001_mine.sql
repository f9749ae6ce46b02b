-- What the person at this desk owns. Nobody else has it: see backup.rs.
-- Times are nanoseconds since 1970 in UTC.

CREATE TABLE favourites (
    person TEXT PRIMARY KEY,
    place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE consults (
    id TEXT PRIMARY KEY,
    person TEXT,
    name TEXT NOT NULL,
    number TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    dialled_at INTEGER NOT NULL,
    answered_at INTEGER,
    ended_at INTEGER,
    outcome TEXT,
    call TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX consults_by_time ON consults (dialled_at);
