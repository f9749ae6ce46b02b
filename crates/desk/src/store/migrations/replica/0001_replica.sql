-- What a relay tells. All of it can be asked for again, so this database may be thrown away at any time.
-- Times are nanoseconds since 1970 in UTC; bodies are JSON.

CREATE TABLE log (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    name TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

-- One row a person; each facet comes from a source of its own and carries its own date.
CREATE TABLE people (
    slot INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    profile_at INTEGER,
    profile TEXT,
    detail_at INTEGER,
    detail TEXT,
    phone_at INTEGER,
    phone TEXT,
    standing_at INTEGER,
    standing TEXT,
    touched_at INTEGER
) STRICT;

CREATE TABLE presence (
    slot INTEGER PRIMARY KEY,
    person TEXT NOT NULL UNIQUE,
    as_of INTEGER NOT NULL,
    source INTEGER NOT NULL,
    report TEXT NOT NULL
) STRICT;

-- `facts` counts what is known of a call; knowledge of a call only ever grows.
CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    facts INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
