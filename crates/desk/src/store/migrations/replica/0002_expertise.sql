-- What the organisation itself tells of people, and of itself as a whole.

ALTER TABLE people ADD COLUMN expertise_at INTEGER;
ALTER TABLE people ADD COLUMN expertise TEXT;

CREATE TABLE organisation (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    synonyms_at INTEGER,
    synonyms TEXT
) STRICT;
