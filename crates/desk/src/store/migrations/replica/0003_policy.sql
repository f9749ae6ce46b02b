-- What the organisation asks of those who call its experts, and how often they were.

ALTER TABLE people ADD COLUMN consulted_at INTEGER;
ALTER TABLE people ADD COLUMN consulted TEXT;

ALTER TABLE organisation ADD COLUMN policy_at INTEGER;
ALTER TABLE organisation ADD COLUMN policy TEXT;
