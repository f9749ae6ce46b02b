-- What a used code opened, and the challenge of the desk that used it: while that session is open, this desk may show
-- the code once more within a moment, because the answer to the first time may have been lost.
ALTER TABLE code ADD COLUMN opened TEXT;
ALTER TABLE code ADD COLUMN used_by TEXT;
