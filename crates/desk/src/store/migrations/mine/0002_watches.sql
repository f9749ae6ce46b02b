-- Wishes to be told when somebody is free: a person, or anyone whom a search finds.

CREATE TABLE watches (
    id TEXT PRIMARY KEY,
    person TEXT,
    text TEXT,
    among TEXT,
    since INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    passed TEXT NOT NULL,
    calling TEXT,
    CHECK ((person IS NULL) = (text IS NOT NULL) AND (text IS NULL) = (among IS NULL))
) STRICT, WITHOUT ROWID;
