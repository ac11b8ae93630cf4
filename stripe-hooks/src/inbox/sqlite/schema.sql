-- The inbox in SQLite, version 1. Times are milliseconds since the Unix epoch, by this machine's clock; `created` is by Stripe's.
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
    PRIMARY KEY (endpoint, id)
) WITHOUT ROWID;

CREATE INDEX stripe_hooks_events_received ON stripe_hooks_events (received_at);
CREATE INDEX stripe_hooks_events_with_body ON stripe_hooks_events (received_at) WHERE body IS NOT NULL;

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
    created_at   INTEGER NOT NULL,
    started_at   INTEGER,
    finished_at  INTEGER,
    UNIQUE (endpoint, about, handler)
);

CREATE INDEX stripe_hooks_runs_ready ON stripe_hooks_runs (endpoint, run_at, id) WHERE state = 'pending';
CREATE INDEX stripe_hooks_runs_leased ON stripe_hooks_runs (endpoint, lease_until) WHERE state = 'running';
CREATE INDEX stripe_hooks_runs_parked ON stripe_hooks_runs (endpoint, id) WHERE state = 'parked';
CREATE INDEX stripe_hooks_runs_event ON stripe_hooks_runs (endpoint, event_id);

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
