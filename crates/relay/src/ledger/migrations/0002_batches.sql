-- Events are kept as they are committed, many in a row, and digests as they come, many in a row: a commit costs
-- the same few rows however much it brings.

-- Events from `first` to `last`, as a JSON array in UTF-8, compressed by zstd when `packed`.
CREATE TABLE batch (
    first  INTEGER PRIMARY KEY CHECK (first >= 1),
    last   INTEGER NOT NULL CHECK (last >= first),
    packed INTEGER NOT NULL CHECK (packed IN (0, 1)),
    body   BLOB    NOT NULL
) STRICT;

INSERT INTO batch (first, last, packed, body)
SELECT min(seq), max(seq), 0, CAST('[' || group_concat(body, ',' ORDER BY seq) || ']' AS BLOB)
FROM event
GROUP BY seq / 1000
ORDER BY 1;

DROP TRIGGER event_takes_the_next_place;
DROP TRIGGER event_is_kept_above_the_floor;
DROP TRIGGER event_never_changes;
DROP TABLE event;

-- Positions are gap-free: a batch can only take the places after the last one.
CREATE TRIGGER batch_takes_the_next_places BEFORE INSERT ON batch
WHEN NEW.first <> 1 + coalesce((SELECT last FROM batch ORDER BY first DESC LIMIT 1), (SELECT floor FROM log))
BEGIN
    SELECT raise(ABORT, 'a batch must take the next places of the log');
END;

-- Only what is wholly within the compacted prefix goes away.
CREATE TRIGGER batch_is_kept_above_the_floor BEFORE DELETE ON batch
WHEN OLD.last > (SELECT floor FROM log)
BEGIN
    SELECT raise(ABORT, 'a batch above the floor of the log is kept');
END;

CREATE TRIGGER batch_never_changes BEFORE UPDATE ON batch
BEGIN
    SELECT raise(ABORT, 'a batch never changes');
END;

-- The first 16 bytes of the SHA-256 of what recognises a delivery, one after the other, as they came in one commit.
-- Whether one was heard before is asked of a set in memory that is read from here: one relay at a time has the file.
CREATE TABLE heard (
    id       INTEGER PRIMARY KEY,
    heard_at INTEGER NOT NULL,
    digests  BLOB    NOT NULL CHECK (length(digests) > 0 AND length(digests) % 16 = 0)
) STRICT;

INSERT INTO heard (heard_at, digests) SELECT heard_at, substr(digest, 1, 16) FROM delivery ORDER BY heard_at;

DROP TABLE delivery;

CREATE INDEX heard_by_age ON heard (heard_at);
