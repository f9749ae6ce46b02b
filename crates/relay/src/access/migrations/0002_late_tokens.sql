-- When a token was spent: one that is shown a moment later was on its way, and is not stolen.
ALTER TABLE token ADD COLUMN spent_at INTEGER;
