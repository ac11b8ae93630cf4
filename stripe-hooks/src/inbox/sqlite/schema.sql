-- The inbox in SQLite, version 1. Times are milliseconds since the Unix epoch, by this machine's
-- clock; `created` is by Stripe's.
CREATE TABLE stripe_hooks_inbox (
    id           TEXT NOT NULL,          -- random; proves that the file still holds the same inbox
    created_at   INTEGER NOT NULL
);

-- At most one row.
CREATE UNIQUE INDEX stripe_hooks_inbox_single ON stripe_hooks_inbox ((id IS NOT NULL));

-- `answered_at` is set when the event is stored, or by the attempt that decides the answer. It stays NULL where
-- an operator skips that attempt's run, and where the event's twin has the run.
CREATE TABLE stripe_hooks_events (
    key          INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint     TEXT NOT NULL,
    tenant       TEXT NOT NULL DEFAULT '',
    id           TEXT NOT NULL,
    type         TEXT NOT NULL,
    form         TEXT NOT NULL,          -- snapshot, thin, or unreadable
    source       TEXT NOT NULL,          -- delivered, or dispatched
    api_version  TEXT,
    created      INTEGER,
    livemode     INTEGER,
    account      TEXT,                   -- the connected account of a snapshot event
    context      TEXT,                   -- the context of a thin event
    object_kind  TEXT,
    object_id    TEXT,
    received_at  INTEGER NOT NULL,
    answered_at  INTEGER,                -- see above
    body         BLOB,                   -- NULL once retention has removed it; last, because what follows it is slow to read
    UNIQUE (id, type, endpoint, tenant)   -- the id first, for operators, who search by it in all endpoints
);

-- Retention removes bodies first and events later. Two indexes, so that a new event enters only one.
CREATE INDEX stripe_hooks_events_with_body ON stripe_hooks_events (received_at) WHERE body IS NOT NULL;
CREATE INDEX stripe_hooks_events_without_body ON stripe_hooks_events (received_at) WHERE body IS NULL;

CREATE TABLE stripe_hooks_runs (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    event        INTEGER NOT NULL,       -- the key of its event
    endpoint     TEXT NOT NULL,
    tenant       TEXT NOT NULL DEFAULT '',
    handler      TEXT NOT NULL,
    counts_for_id TEXT NOT NULL,         -- the event that the run counts for: a thin event and its snapshot twin share one run
    counts_for_type TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'parked')),
    result       TEXT,                   -- result of a run that is done
    reason       TEXT,                   -- reason for which the run is parked
    error        TEXT,                   -- error or note of the last attempt, or an operator's reason for a skip
    reply        TEXT,                   -- the handler's reply; NULL once retention has removed it
    attempts     INTEGER NOT NULL DEFAULT 0,
    fence        INTEGER NOT NULL DEFAULT 0,
    run_at       INTEGER NOT NULL,
    lease_until  INTEGER,
    process      INTEGER,                -- the process that claimed the run last
    lane         TEXT,                   -- the object whose events its handler takes in order
    lane_at      INTEGER,                -- its place in the lane: the time of the event
    blocked      INTEGER NOT NULL DEFAULT 0, -- 1 if another run of its lane goes first; kept by the triggers below
    blocks_when_parked INTEGER NOT NULL DEFAULT 0, -- 1 if it blocks its lane while it is parked
    created_at   INTEGER NOT NULL,
    started_at   INTEGER,
    finished_at  INTEGER,
    UNIQUE (counts_for_id, counts_for_type, handler, endpoint, tenant)
);

-- The handler comes before the time, so that a claim never reads the runs of paused or limited handlers.
CREATE INDEX stripe_hooks_runs_pending ON stripe_hooks_runs (endpoint, handler, blocked, run_at, id) WHERE state = 'pending';
CREATE INDEX stripe_hooks_runs_leased ON stripe_hooks_runs (endpoint, lease_until) WHERE state = 'running';
CREATE INDEX stripe_hooks_runs_parked ON stripe_hooks_runs (endpoint, id) WHERE state = 'parked';
-- This index is for operators' queries, which cover all endpoints.
CREATE INDEX stripe_hooks_runs_parked_newest ON stripe_hooks_runs (id) WHERE state = 'parked';
CREATE INDEX stripe_hooks_runs_event ON stripe_hooks_runs (event);

-- At most one run of a lane is running.
CREATE UNIQUE INDEX stripe_hooks_runs_lane_running ON stripe_hooks_runs (endpoint, tenant, handler, lane)
    WHERE state = 'running' AND lane IS NOT NULL;
CREATE INDEX stripe_hooks_runs_lane_pending ON stripe_hooks_runs (endpoint, tenant, handler, lane, blocked, lane_at, id)
    WHERE state = 'pending' AND lane IS NOT NULL;
CREATE INDEX stripe_hooks_runs_lane_parked ON stripe_hooks_runs (endpoint, tenant, handler, lane, lane_at, id)
    WHERE state = 'parked' AND blocks_when_parked = 1 AND lane IS NOT NULL;
-- The runs that attempts have completed. A later run of an older event is stale.
CREATE INDEX stripe_hooks_runs_lane_done ON stripe_hooks_runs (endpoint, tenant, handler, lane, lane_at)
    WHERE state = 'done' AND result <> 'skipped' AND lane IS NOT NULL;

-- Each change of a run's state is written into this view as the key of its lane. The view has no rows. Its trigger chooses the next run of the lane: the first
-- pending one, unless a run of the lane is running, or an earlier one is parked and blocks the lane. Triggers see every change, whoever makes it.
CREATE VIEW stripe_hooks_lane_changes AS SELECT endpoint, tenant, handler, lane FROM stripe_hooks_runs WHERE false;

CREATE TRIGGER stripe_hooks_lane_changed INSTEAD OF INSERT ON stripe_hooks_lane_changes
BEGIN
    UPDATE stripe_hooks_runs SET blocked = 1
    WHERE endpoint = NEW.endpoint AND tenant = NEW.tenant AND handler = NEW.handler AND lane = NEW.lane AND state = 'pending' AND blocked = 0;
    UPDATE stripe_hooks_runs SET blocked = 0
    WHERE id = (
        SELECT id FROM stripe_hooks_runs
        WHERE endpoint = NEW.endpoint AND tenant = NEW.tenant AND handler = NEW.handler AND lane = NEW.lane
        AND state = 'pending' AND blocked = 1
        ORDER BY lane_at, id LIMIT 1)
    AND NOT EXISTS (
        SELECT 1 FROM stripe_hooks_runs AS running
        WHERE running.endpoint = NEW.endpoint AND running.tenant = NEW.tenant AND running.handler = NEW.handler
        AND running.lane = NEW.lane AND running.state = 'running')
    AND NOT EXISTS (
        SELECT 1 FROM stripe_hooks_runs AS parked
        WHERE parked.endpoint = NEW.endpoint AND parked.tenant = NEW.tenant AND parked.handler = NEW.handler
        AND parked.lane = NEW.lane AND parked.state = 'parked' AND parked.blocks_when_parked = 1
        AND (parked.lane_at, parked.id) < (stripe_hooks_runs.lane_at, stripe_hooks_runs.id));
END;

CREATE TRIGGER stripe_hooks_runs_entered AFTER INSERT ON stripe_hooks_runs WHEN NEW.lane IS NOT NULL
BEGIN
    INSERT INTO stripe_hooks_lane_changes VALUES (NEW.endpoint, NEW.tenant, NEW.handler, NEW.lane);
END;

CREATE TRIGGER stripe_hooks_runs_changed AFTER UPDATE OF state ON stripe_hooks_runs WHEN NEW.lane IS NOT NULL AND NEW.state <> OLD.state
BEGIN
    INSERT INTO stripe_hooks_lane_changes VALUES (NEW.endpoint, NEW.tenant, NEW.handler, NEW.lane);
END;

CREATE TRIGGER stripe_hooks_runs_removed AFTER DELETE ON stripe_hooks_runs WHEN OLD.lane IS NOT NULL AND OLD.state <> 'done'
BEGIN
    INSERT INTO stripe_hooks_lane_changes VALUES (OLD.endpoint, OLD.tenant, OLD.handler, OLD.lane);
END;

-- The processes that use the inbox. Each writes `seen_at` from time to time.
CREATE TABLE stripe_hooks_processes (
    id           INTEGER PRIMARY KEY,
    host         TEXT NOT NULL,
    pid          INTEGER NOT NULL,
    program      TEXT NOT NULL,
    version      TEXT NOT NULL,          -- the version of stripe-hooks in the program
    started_at   INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL
);

-- The handlers that each process works for.
CREATE TABLE stripe_hooks_process_handlers (
    process      INTEGER NOT NULL,
    endpoint     TEXT NOT NULL,
    handler      TEXT NOT NULL,
    PRIMARY KEY (process, endpoint, handler)
) WITHOUT ROWID;

-- All handlers that any process has ever had.
CREATE TABLE stripe_hooks_handlers (
    endpoint     TEXT NOT NULL,
    handler      TEXT NOT NULL,
    first_seen   INTEGER NOT NULL,
    PRIMARY KEY (endpoint, handler)
) WITHOUT ROWID;

-- The handlers whose runs do not begin.
CREATE TABLE stripe_hooks_pauses (
    endpoint     TEXT NOT NULL,
    handler      TEXT NOT NULL,
    tenant       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (endpoint, handler, tenant)
) WITHOUT ROWID;

-- The actions of operators.
CREATE TABLE stripe_hooks_audit (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    action       TEXT NOT NULL,          -- replay, skip, pause, or resume
    run          INTEGER,
    endpoint     TEXT NOT NULL,
    handler      TEXT NOT NULL,
    note         TEXT
);

CREATE INDEX stripe_hooks_audit_run ON stripe_hooks_audit (run);
CREATE INDEX stripe_hooks_audit_at ON stripe_hooks_audit (at);
