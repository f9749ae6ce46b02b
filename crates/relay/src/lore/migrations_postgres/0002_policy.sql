-- What the organisation asks of those who call its experts, as JSON.
CREATE TABLE policy (
    organisation TEXT   PRIMARY KEY REFERENCES organisation (name),
    body         TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL
);
