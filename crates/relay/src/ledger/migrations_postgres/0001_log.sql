-- Organisations' logs and what the relay must remember beside them. Every row belongs to one organisation.

-- One row for each organisation: the log's name, the position up to which events were compacted away, and the last.
CREATE TABLE rollcall_log.log (
    organisation text   PRIMARY KEY CHECK (organisation ~ '^[a-z0-9-]{1,32}$'),
    name         text   NOT NULL UNIQUE,
    floor        bigint NOT NULL DEFAULT 0 CHECK (floor >= 0),
    head         bigint NOT NULL DEFAULT 0 CHECK (head >= floor)
) WITH (fillfactor = 50);

-- Events from `first` to `last`, as a JSON array in UTF-8, compressed by zstd when `packed`. `commit_id` and `part`
-- name what was committed together, so that a commit whose outcome nobody heard is not done twice.
CREATE TABLE rollcall_log.batch (
    organisation text    NOT NULL REFERENCES rollcall_log.log,
    first        bigint  NOT NULL CHECK (first >= 1),
    last         bigint  NOT NULL CHECK (last >= first),
    commit_id    uuid    NOT NULL,
    part         integer NOT NULL CHECK (part >= 0),
    packed       boolean NOT NULL,
    body         bytea   NOT NULL,
    PRIMARY KEY (organisation, first),
    UNIQUE (organisation, commit_id, part)
);

ALTER TABLE rollcall_log.batch ALTER COLUMN body SET STORAGE EXTERNAL;

-- Positions are gap-free and in commit order: a batch can only take the places after the last one, and whoever takes
-- them has the organisation's row until the end of the transaction.
CREATE FUNCTION rollcall_log.take_the_next_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rollcall_log.log SET head = NEW.last WHERE organisation = NEW.organisation AND head = NEW.first - 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a batch must take the next places of the log' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER batch_takes_the_next_places BEFORE INSERT ON rollcall_log.batch
FOR EACH ROW EXECUTE FUNCTION rollcall_log.take_the_next_places();

-- Only what is wholly within the compacted prefix goes away.
CREATE FUNCTION rollcall_log.keep_above_the_floor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.last > (SELECT floor FROM rollcall_log.log WHERE organisation = OLD.organisation) THEN
        RAISE EXCEPTION 'a batch above the floor of the log is kept' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END
$$;

CREATE TRIGGER batch_is_kept_above_the_floor BEFORE DELETE ON rollcall_log.batch
FOR EACH ROW EXECUTE FUNCTION rollcall_log.keep_above_the_floor();

CREATE FUNCTION rollcall_log.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER batch_never_changes BEFORE UPDATE ON rollcall_log.batch
FOR EACH ROW EXECUTE FUNCTION rollcall_log.refuse('a batch never changes');

CREATE TRIGGER batch_is_never_emptied BEFORE TRUNCATE ON rollcall_log.batch
FOR EACH STATEMENT EXECUTE FUNCTION rollcall_log.refuse('a batch above the floor of the log is kept');

CREATE TRIGGER log_never_goes_back BEFORE UPDATE ON rollcall_log.log
FOR EACH ROW WHEN (NEW.floor < OLD.floor OR NEW.head < OLD.head OR NEW.name <> OLD.name)
EXECUTE FUNCTION rollcall_log.refuse('a log never goes back');

-- The first 16 bytes of the SHA-256 of what recognises a delivery. Rows come in the order of time, so that a summary
-- of blocks is index enough for forgetting them. They are only written by whoever has the organisation's row of the
-- log: a reference to it would be looked up again for every single one.
CREATE TABLE rollcall_log.heard (
    organisation text        NOT NULL,
    digest       bytea       NOT NULL CHECK (length(digest) = 16),
    heard_at     timestamptz NOT NULL,
    PRIMARY KEY (organisation, digest)
);

CREATE INDEX heard_by_age ON rollcall_log.heard USING brin (heard_at) WITH (pages_per_range = 16, autosummarize = on);

-- The fold at a position, as snapshot lines in parts; a snapshot counts once it is whole.
CREATE TABLE rollcall_log.snapshot (
    organisation text    NOT NULL REFERENCES rollcall_log.log,
    seq          bigint  NOT NULL CHECK (seq >= 0),
    whole        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organisation, seq)
);

CREATE TABLE rollcall_log.snapshot_part (
    organisation text    NOT NULL,
    seq          bigint  NOT NULL,
    part         integer NOT NULL CHECK (part >= 0),
    body         text    NOT NULL,
    PRIMARY KEY (organisation, seq, part),
    FOREIGN KEY (organisation, seq) REFERENCES rollcall_log.snapshot ON DELETE CASCADE
);

-- How far the sweep of the directory is; a sweep never goes back to an earlier one.
CREATE TABLE rollcall_log.sweep (
    organisation text        PRIMARY KEY REFERENCES rollcall_log.log,
    number       bigint      NOT NULL,
    started_at   timestamptz NOT NULL,
    step         text        NOT NULL CHECK (step IN ('active', 'inactive', 'pending', 'phones', 'finished')),
    page         text,
    finished_at  timestamptz
);

-- In which sweep a person was last listed.
CREATE TABLE rollcall_log.listed (
    organisation text   NOT NULL REFERENCES rollcall_log.log,
    person       text   NOT NULL,
    sweep        bigint NOT NULL,
    PRIMARY KEY (organisation, person)
);

-- The first hundred deliveries that could not be read: their shape, never their content.
CREATE TABLE rollcall_log.oddity (
    organisation text        NOT NULL REFERENCES rollcall_log.log,
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    heard_at     timestamptz NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('malformed', 'unknown')),
    bytes        bigint      NOT NULL,
    shape        text        NOT NULL,
    PRIMARY KEY (organisation, id)
);

-- Which node has the right to do what one does at a time, by this database's clock.
CREATE TABLE rollcall_log.lease (
    organisation text        NOT NULL REFERENCES rollcall_log.log,
    name         text        NOT NULL,
    holder       uuid        NOT NULL,
    expires      timestamptz NOT NULL,
    PRIMARY KEY (organisation, name)
);
