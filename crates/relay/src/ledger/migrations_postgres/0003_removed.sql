-- When the app was removed at Zoom and everything got from there was deleted; nothing once the app is back.
ALTER TABLE rollcall_log.log ADD COLUMN removed_at timestamptz;

-- A log never goes back; an empty one of another name may take its place.
DROP TRIGGER log_never_goes_back ON rollcall_log.log;

CREATE TRIGGER log_never_goes_back BEFORE UPDATE ON rollcall_log.log
FOR EACH ROW WHEN (
    (NEW.name = OLD.name AND (NEW.floor < OLD.floor OR NEW.head < OLD.head))
    OR (NEW.name <> OLD.name AND (NEW.floor <> 0 OR NEW.head <> 0))
)
EXECUTE FUNCTION rollcall_log.refuse('a log never goes back');
