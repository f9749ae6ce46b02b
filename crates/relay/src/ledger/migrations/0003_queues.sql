-- One row: the call queues as they were last listed, as JSON.
CREATE TABLE queues (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    body TEXT    NOT NULL
) STRICT;
