-- Who may come in: codes, sign-ins on their way, sessions, and the trail of all of it. Times are milliseconds
-- since 1970, UTC. The same statements serve PostgreSQL, so every table names its organisation here, too.

-- Counters of an organisation: the last change to a session, the last place of the trail, and up to where the
-- trail was cleared because its time was over.
CREATE TABLE organisation (
    name   TEXT    PRIMARY KEY,
    change INTEGER NOT NULL DEFAULT 0,
    noted  INTEGER NOT NULL DEFAULT 0,
    floor  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One-time codes. The selector is public and finds the row; of the whole code only SHA-256 is kept.
CREATE TABLE code (
    organisation TEXT    NOT NULL REFERENCES organisation (name),
    selector     TEXT    NOT NULL,
    digest       BLOB    NOT NULL CHECK (length(digest) = 32),
    email        TEXT    NOT NULL,
    role         TEXT    NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin')),
    person       TEXT,
    challenge    TEXT,
    made_by      TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER,
    tries        INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    PRIMARY KEY (organisation, selector)
) STRICT, WITHOUT ROWID;

-- A code is used once.
CREATE TRIGGER code_stays_used BEFORE UPDATE ON code
WHEN OLD.used_at IS NOT NULL AND NEW.used_at IS NOT OLD.used_at
BEGIN
    SELECT raise(ABORT, 'a used code stays used');
END;

-- Sign-ins with Zoom that have begun and not come back.
CREATE TABLE sign_in (
    organisation TEXT    NOT NULL REFERENCES organisation (name),
    state        BLOB    NOT NULL CHECK (length(state) = 32),
    browser      BLOB    NOT NULL CHECK (length(browser) = 32),
    verifier     TEXT    NOT NULL,
    challenge    TEXT    NOT NULL,
    desk_state   TEXT    NOT NULL,
    redirect     TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (organisation, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    organisation TEXT    NOT NULL REFERENCES organisation (name),
    id           TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    role         TEXT    NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin')),
    person       TEXT,
    opened_at    INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ended_at     INTEGER,
    change       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (organisation, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_change ON session (organisation, change);
CREATE INDEX session_by_email ON session (organisation, email) WHERE ended_at IS NULL;
CREATE INDEX session_by_person ON session (organisation, person) WHERE ended_at IS NULL;

CREATE TRIGGER session_stays_ended BEFORE UPDATE ON session
WHEN OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at
BEGIN
    SELECT raise(ABORT, 'an ended session stays ended');
END;

-- The tokens of a session: those that were given out and not shown yet, the one in use, and those before it.
CREATE TABLE token (
    organisation TEXT    NOT NULL,
    digest       BLOB    NOT NULL CHECK (length(digest) = 32),
    session      TEXT    NOT NULL,
    standing     TEXT    NOT NULL CHECK (standing IN ('next', 'current', 'spent')),
    made_at      INTEGER NOT NULL,
    PRIMARY KEY (organisation, digest),
    FOREIGN KEY (organisation, session) REFERENCES session (organisation, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX token_by_session ON token (organisation, session);
CREATE UNIQUE INDEX token_in_use ON token (organisation, session) WHERE standing = 'current';

CREATE TRIGGER token_stays_spent BEFORE UPDATE ON token
WHEN OLD.standing = 'spent' AND NEW.standing <> 'spent'
BEGIN
    SELECT raise(ABORT, 'a spent token stays spent');
END;

-- The trail: what happened to whom, when, by whom, from where. Nothing is ever changed in it but names that must
-- be forgotten, and nothing is taken from it but its beginning, once its time is over.
CREATE TABLE trail (
    organisation TEXT    NOT NULL REFERENCES organisation (name),
    number       INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    why          TEXT,
    who          TEXT,
    session      TEXT,
    made_by      TEXT,
    address      TEXT,
    what         TEXT,
    PRIMARY KEY (organisation, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER trail_takes_the_next_place BEFORE INSERT ON trail
WHEN NEW.number <> (SELECT noted FROM organisation WHERE name = NEW.organisation)
    OR NEW.number <= (SELECT coalesce(max(number), 0) FROM trail WHERE organisation = NEW.organisation)
BEGIN
    SELECT raise(ABORT, 'an entry must take the next place of the trail');
END;

CREATE TRIGGER trail_only_forgets_names BEFORE UPDATE ON trail
WHEN NEW.organisation <> OLD.organisation OR NEW.number <> OLD.number OR NEW.at <> OLD.at
    OR NEW.kind <> OLD.kind OR NEW.why IS NOT OLD.why OR NEW.session IS NOT OLD.session
    OR NEW.what IS NOT OLD.what
    OR (NEW.who IS NOT OLD.who AND NEW.who IS NOT 'forgotten')
    OR (NEW.made_by IS NOT OLD.made_by AND NEW.made_by IS NOT 'forgotten')
    OR (NEW.address IS NOT OLD.address AND NEW.address IS NOT NULL)
BEGIN
    SELECT raise(ABORT, 'the trail never changes');
END;

CREATE TRIGGER trail_is_kept_above_its_floor BEFORE DELETE ON trail
WHEN OLD.number > (SELECT floor FROM organisation WHERE name = OLD.organisation)
BEGIN
    SELECT raise(ABORT, 'the trail is kept until its time is over');
END;
