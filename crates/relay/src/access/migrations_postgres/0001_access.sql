-- Who may come in: codes, sign-ins on their way, sessions, and the trail of all of it. Times are milliseconds
-- since 1970, UTC. Every table names its organisation; whoever writes holds that organisation's row.

-- Counters of an organisation: the last change to a session, the last place of the trail, and up to where the
-- trail was cleared because its time was over.
CREATE TABLE organisation (
    name   TEXT   PRIMARY KEY,
    change BIGINT NOT NULL DEFAULT 0,
    noted  BIGINT NOT NULL DEFAULT 0,
    floor  BIGINT NOT NULL DEFAULT 0
);

-- One-time codes. The selector is public and finds the row; of the whole code only SHA-256 is kept.
CREATE TABLE code (
    organisation TEXT   NOT NULL REFERENCES organisation (name),
    selector     TEXT   NOT NULL,
    digest       BYTEA  NOT NULL CHECK (length(digest) = 32),
    email        TEXT   NOT NULL,
    role         TEXT   NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin')),
    person       TEXT,
    challenge    TEXT,
    made_by      TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT,
    tries        BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    PRIMARY KEY (organisation, selector)
);

-- Sign-ins with Zoom that have begun and not come back.
CREATE TABLE sign_in (
    organisation TEXT   NOT NULL REFERENCES organisation (name),
    state        BYTEA  NOT NULL CHECK (length(state) = 32),
    browser      BYTEA  NOT NULL CHECK (length(browser) = 32),
    verifier     TEXT   NOT NULL,
    challenge    TEXT   NOT NULL,
    desk_state   TEXT   NOT NULL,
    redirect     TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (organisation, state)
);

CREATE TABLE session (
    organisation TEXT   NOT NULL REFERENCES organisation (name),
    id           TEXT   NOT NULL,
    email        TEXT   NOT NULL,
    role         TEXT   NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin')),
    person       TEXT,
    opened_at    BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    ended_at     BIGINT,
    change       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (organisation, id)
);

CREATE INDEX session_by_change ON session (organisation, change);
CREATE INDEX session_by_email ON session (organisation, email) WHERE ended_at IS NULL;
CREATE INDEX session_by_person ON session (organisation, person) WHERE ended_at IS NULL;

-- The tokens of a session: those that were given out and not shown yet, the one in use, and those before it.
CREATE TABLE token (
    organisation TEXT   NOT NULL,
    digest       BYTEA  NOT NULL CHECK (length(digest) = 32),
    session      TEXT   NOT NULL,
    standing     TEXT   NOT NULL CHECK (standing IN ('next', 'current', 'spent')),
    made_at      BIGINT NOT NULL,
    PRIMARY KEY (organisation, digest),
    FOREIGN KEY (organisation, session) REFERENCES session (organisation, id) ON DELETE CASCADE
);

CREATE INDEX token_by_session ON token (organisation, session);
CREATE UNIQUE INDEX token_in_use ON token (organisation, session) WHERE standing = 'current';

-- The trail: what happened to whom, when, by whom, from where. Nothing is ever changed in it but names that must
-- be forgotten, and nothing is taken from it but its beginning, once its time is over.
CREATE TABLE trail (
    organisation TEXT   NOT NULL REFERENCES organisation (name),
    number       BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    why          TEXT,
    who          TEXT,
    session      TEXT,
    made_by      TEXT,
    address      TEXT,
    what         TEXT,
    PRIMARY KEY (organisation, number)
);

CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% stays as it is', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER code_stays_used BEFORE UPDATE ON code FOR EACH ROW
WHEN (OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at)
EXECUTE FUNCTION stays();

CREATE TRIGGER session_stays_ended BEFORE UPDATE ON session FOR EACH ROW
WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
EXECUTE FUNCTION stays();

CREATE TRIGGER token_stays_spent BEFORE UPDATE ON token FOR EACH ROW
WHEN (OLD.standing = 'spent' AND NEW.standing <> 'spent')
EXECUTE FUNCTION stays();

CREATE TRIGGER trail_only_forgets_names BEFORE UPDATE ON trail FOR EACH ROW
WHEN (
    (NEW.organisation, NEW.number, NEW.at, NEW.kind) IS DISTINCT FROM
        (OLD.organisation, OLD.number, OLD.at, OLD.kind)
    OR (NEW.why, NEW.session, NEW.what) IS DISTINCT FROM (OLD.why, OLD.session, OLD.what)
    OR (NEW.who IS DISTINCT FROM OLD.who AND NEW.who IS DISTINCT FROM 'forgotten')
    OR (NEW.made_by IS DISTINCT FROM OLD.made_by AND NEW.made_by IS DISTINCT FROM 'forgotten')
    OR (NEW.address IS DISTINCT FROM OLD.address AND NEW.address IS NOT NULL)
)
EXECUTE FUNCTION stays();

CREATE TRIGGER trail_is_never_emptied BEFORE TRUNCATE ON trail FOR EACH STATEMENT
EXECUTE FUNCTION stays();

CREATE FUNCTION trail_takes_the_next_place() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.number <> (SELECT noted FROM organisation WHERE name = NEW.organisation)
        OR NEW.number <= (SELECT coalesce(max(number), 0) FROM trail WHERE organisation = NEW.organisation)
    THEN
        RAISE EXCEPTION 'an entry must take the next place of the trail';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER trail_takes_the_next_place BEFORE INSERT ON trail FOR EACH ROW
EXECUTE FUNCTION trail_takes_the_next_place();

CREATE FUNCTION trail_is_kept_above_its_floor() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.number > (SELECT floor FROM organisation WHERE name = OLD.organisation) THEN
        RAISE EXCEPTION 'the trail is kept until its time is over';
    END IF;
    RETURN OLD;
END
$$;

CREATE TRIGGER trail_is_kept_above_its_floor BEFORE DELETE ON trail FOR EACH ROW
EXECUTE FUNCTION trail_is_kept_above_its_floor();
