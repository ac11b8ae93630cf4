-- The inbox in SQLite, version 1. Times are milliseconds since the Unix epoch, by this machine's clock; `created` is by Stripe's.
CREATE TABLE stripe_hooks_inbox (
    id           TEXT NOT NULL,          -- random; proves that the file still holds the same inbox
    created_at   INTEGER NOT NULL
);

-- At most one row.
CREATE UNIQUE INDEX stripe_hooks_inbox_single ON stripe_hooks_inbox ((id IS NOT NULL));

CREATE TABLE stripe_hooks_events (
    endpoint     TEXT NOT NULL,
    id           TEXT NOT NULL,
    form         TEXT NOT NULL,          -- snapshot, thin, or unreadable
    type         TEXT NOT NULL,
    api_version  TEXT,
    created      INTEGER,
    livemode     INTEGER,
    account      TEXT,                   -- the connected account, or the context of a thin event
    object_id    TEXT,
    body         BLOB,                   -- NULL once retention has removed it
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (endpoint, id)           -- an index of its own: in a table of keys, each comparison would read a body
);

-- For retention, which removes bodies first and then events. Two, so that a new event comes into one of them.
CREATE INDEX stripe_hooks_events_with_body ON stripe_hooks_events (received_at) WHERE body IS NOT NULL;
CREATE INDEX stripe_hooks_events_without_body ON stripe_hooks_events (received_at) WHERE body IS NULL;

CREATE TABLE stripe_hooks_runs (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint     TEXT NOT NULL,
    event_id     TEXT NOT NULL,
    about        TEXT NOT NULL,          -- the event that the run counts for: a thin event and its snapshot twin share one run
    handler      TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'parked')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    fence        INTEGER NOT NULL DEFAULT 0,
    run_at       INTEGER NOT NULL,
    lease_until  INTEGER,
    reason       TEXT,                   -- why it is parked
    last_error   TEXT,
    answer       TEXT,                   -- what the handler replied; NULL once retention has removed it
    lane         TEXT,                   -- the object whose events its handler takes in order
    lane_at      INTEGER,                -- its place there: when the event happened
    holds        INTEGER NOT NULL DEFAULT 0, -- whether nobody passes while it is parked
    waits        INTEGER NOT NULL DEFAULT 0, -- whether another of its lane goes first; kept by the triggers below
    created_at   INTEGER NOT NULL,
    started_at   INTEGER,
    finished_at  INTEGER,
    UNIQUE (endpoint, about, handler)
);

-- The handler before the time, so that what a paused or limited handler leaves waiting is never read for the others.
CREATE INDEX stripe_hooks_runs_pending ON stripe_hooks_runs (endpoint, handler, waits, run_at, id) WHERE state = 'pending';
CREATE INDEX stripe_hooks_runs_leased ON stripe_hooks_runs (endpoint, lease_until) WHERE state = 'running';
CREATE INDEX stripe_hooks_runs_parked ON stripe_hooks_runs (endpoint, id) WHERE state = 'parked';
-- For the operator, who asks about all endpoints.
CREATE INDEX stripe_hooks_runs_parked_newest ON stripe_hooks_runs (id) WHERE state = 'parked';
CREATE INDEX stripe_hooks_runs_event ON stripe_hooks_runs (event_id, endpoint);

-- Of a lane, at most one run is worked on.
CREATE UNIQUE INDEX stripe_hooks_runs_lane_running ON stripe_hooks_runs (endpoint, handler, lane) WHERE state = 'running' AND lane IS NOT NULL;
CREATE INDEX stripe_hooks_runs_lane_pending ON stripe_hooks_runs (endpoint, handler, lane, waits, lane_at, id)
    WHERE state = 'pending' AND lane IS NOT NULL;
CREATE INDEX stripe_hooks_runs_lane_held ON stripe_hooks_runs (endpoint, handler, lane, lane_at, id)
    WHERE state = 'parked' AND holds = 1 AND lane IS NOT NULL;
-- What a handler has ended, by which later runs of older events are known. An operator who skips a run clears `started_at`.
CREATE INDEX stripe_hooks_runs_lane_ended ON stripe_hooks_runs (endpoint, handler, lane, lane_at)
    WHERE state = 'done' AND started_at IS NOT NULL AND lane IS NOT NULL;

-- A run that enters its lane or leaves it is written into this view, which has no rows: the trigger says who of the lane goes next. The first that
-- is pending may begin, unless one is worked on, or an earlier one is parked and holds the lane. Whatever changes a run, by whichever hand, is seen.
CREATE VIEW stripe_hooks_lane_changes AS SELECT endpoint, handler, lane FROM stripe_hooks_runs WHERE false;

CREATE TRIGGER stripe_hooks_lane_changed INSTEAD OF INSERT ON stripe_hooks_lane_changes
BEGIN
    UPDATE stripe_hooks_runs SET waits = 1
    WHERE endpoint = NEW.endpoint AND handler = NEW.handler AND lane = NEW.lane AND state = 'pending' AND waits = 0;
    UPDATE stripe_hooks_runs SET waits = 0
    WHERE id = (
        SELECT id FROM stripe_hooks_runs
        WHERE endpoint = NEW.endpoint AND handler = NEW.handler AND lane = NEW.lane AND state = 'pending' AND waits = 1
        ORDER BY lane_at, id LIMIT 1)
    AND NOT EXISTS (
        SELECT 1 FROM stripe_hooks_runs AS running
        WHERE running.endpoint = NEW.endpoint AND running.handler = NEW.handler AND running.lane = NEW.lane AND running.state = 'running')
    AND NOT EXISTS (
        SELECT 1 FROM stripe_hooks_runs AS held
        WHERE held.endpoint = NEW.endpoint AND held.handler = NEW.handler AND held.lane = NEW.lane AND held.state = 'parked'
        AND held.holds = 1 AND (held.lane_at, held.id) < (stripe_hooks_runs.lane_at, stripe_hooks_runs.id));
END;

CREATE TRIGGER stripe_hooks_runs_entered AFTER INSERT ON stripe_hooks_runs WHEN NEW.lane IS NOT NULL
BEGIN
    INSERT INTO stripe_hooks_lane_changes VALUES (NEW.endpoint, NEW.handler, NEW.lane);
END;

CREATE TRIGGER stripe_hooks_runs_changed AFTER UPDATE OF state ON stripe_hooks_runs WHEN NEW.lane IS NOT NULL AND NEW.state <> OLD.state
BEGIN
    INSERT INTO stripe_hooks_lane_changes VALUES (NEW.endpoint, NEW.handler, NEW.lane);
END;

CREATE TRIGGER stripe_hooks_runs_removed AFTER DELETE ON stripe_hooks_runs WHEN OLD.lane IS NOT NULL AND OLD.state <> 'done'
BEGIN
    INSERT INTO stripe_hooks_lane_changes VALUES (OLD.endpoint, OLD.handler, OLD.lane);
END;

-- The handlers whose runs do not begin.
CREATE TABLE stripe_hooks_pauses (
    handler      TEXT PRIMARY KEY
) WITHOUT ROWID;

-- What operators did.
CREATE TABLE stripe_hooks_audit (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    action       TEXT NOT NULL,          -- replay, skip, pause, or resume
    run          INTEGER,
    handler      TEXT NOT NULL,
    note         TEXT
);

CREATE INDEX stripe_hooks_audit_run ON stripe_hooks_audit (run);
CREATE INDEX stripe_hooks_audit_at ON stripe_hooks_audit (at);
