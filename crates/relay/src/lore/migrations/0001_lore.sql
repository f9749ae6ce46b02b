-- What an organisation tells of its people and of itself. Times are milliseconds since 1970, UTC. Nearly the same
-- statements serve PostgreSQL, so every table names its organisation here, too.

-- The number of an organisation's last change.
CREATE TABLE organisation (
    name   TEXT    PRIMARY KEY,
    change INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What is told of whoever has an e-mail address (lower case), as JSON; no body when it was taken back. By the number
-- of its last change a row is found by those who know everything before.
CREATE TABLE expertise (
    organisation TEXT    NOT NULL REFERENCES organisation (name),
    email        TEXT    NOT NULL CHECK (email <> ''),
    body         TEXT,
    changed_at   INTEGER NOT NULL,
    change       INTEGER NOT NULL,
    PRIMARY KEY (organisation, email)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX expertise_by_change ON expertise (organisation, change, email);

-- The organisation's own words for the same, as JSON.
CREATE TABLE synonyms (
    organisation TEXT    PRIMARY KEY REFERENCES organisation (name),
    body         TEXT    NOT NULL,
    changed_at   INTEGER NOT NULL
) STRICT;
