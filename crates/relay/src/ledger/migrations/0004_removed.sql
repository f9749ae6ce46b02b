-- When the app was removed at Zoom and everything got from there was deleted; nothing once the app is back.
ALTER TABLE log ADD COLUMN removed_at INTEGER;
