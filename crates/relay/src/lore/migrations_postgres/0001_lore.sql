-- What organisations tell of their people and of themselves. Times are milliseconds since 1970, UTC. Every table names
-- its organisation; whoever writes holds that organisation's row.

-- The number of an organisation's last change.
CREATE TABLE organisation (
    name   TEXT   PRIMARY KEY,
    change BIGINT NOT NULL DEFAULT 0
);

-- What is told of whoever has an e-mail address (lower case), as JSON; no body when it was taken back. By the number
-- of its last change a row is found by those who know everything before.
CREATE TABLE expertise (
    organisation TEXT   NOT NULL REFERENCES organisation (name),
    email        TEXT   NOT NULL CHECK (email <> ''),
    body         TEXT,
    changed_at   BIGINT NOT NULL,
    change       BIGINT NOT NULL,
    PRIMARY KEY (organisation, email)
);

CREATE UNIQUE INDEX expertise_by_change ON expertise (organisation, change, email);

-- The organisation's own words for the same, as JSON.
CREATE TABLE synonyms (
    organisation TEXT   PRIMARY KEY REFERENCES organisation (name),
    body         TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL
);
