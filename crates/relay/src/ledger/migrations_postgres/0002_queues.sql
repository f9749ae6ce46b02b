-- Each organisation's call queues as they were last listed, as JSON.
CREATE TABLE rollcall_log.queues (
    organisation text PRIMARY KEY REFERENCES rollcall_log.log,
    body         text NOT NULL
);
