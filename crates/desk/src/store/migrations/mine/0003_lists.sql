-- Folders of favourites, searches that were saved as groups, and with whom the person last had to do.

CREATE TABLE folders (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded INTEGER NOT NULL,
    place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE favourites ADD COLUMN folder TEXT REFERENCES folders (id);

CREATE TABLE saved_groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    among TEXT NOT NULL,
    place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recents (
    person TEXT PRIMARY KEY,
    how TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was before it was forgotten by the person's wish; at most one row.
CREATE TABLE recents_begin (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    at INTEGER NOT NULL
) STRICT;

INSERT INTO recents (person, how, at)
SELECT person, 'called', max(dialled_at) FROM consults WHERE person IS NOT NULL GROUP BY person;
