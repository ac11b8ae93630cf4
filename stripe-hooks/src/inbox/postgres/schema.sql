-- The inbox in PostgreSQL, version 1, in a schema of its own. Times are by the database's clock; `created` is by Stripe's.
CREATE TABLE events (
    endpoint     TEXT NOT NULL,
    id           TEXT NOT NULL,
    form         TEXT NOT NULL,          -- snapshot, thin, or unreadable
    type         TEXT NOT NULL,
    api_version  TEXT,
    created      TIMESTAMPTZ,
    livemode     BOOLEAN,
    account      TEXT,                   -- the connected account, or the context of a thin event
    object_id    TEXT,
    body         BYTEA,                  -- NULL once retention has removed it
    received_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (endpoint, id)
);

CREATE INDEX events_received ON events (received_at);
CREATE INDEX events_with_body ON events (received_at) WHERE body IS NOT NULL;

CREATE TABLE runs (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint     TEXT NOT NULL,
    event_id     TEXT NOT NULL,
    about        TEXT NOT NULL,          -- the event that the run counts for: a thin event and its snapshot twin share one run
    handler      TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'parked')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    fence        BIGINT NOT NULL DEFAULT 0,
    run_at       TIMESTAMPTZ NOT NULL,
    lease_until  TIMESTAMPTZ,
    reason       TEXT,                   -- why it is parked
    last_error   TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    started_at   TIMESTAMPTZ,
    finished_at  TIMESTAMPTZ,
    UNIQUE (endpoint, about, handler)
) WITH (
    -- Each run leaves a few dead rows behind, which would soon be most of what a claim reads.
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);

CREATE INDEX runs_ready ON runs (endpoint, run_at, id) WHERE state = 'pending';
CREATE INDEX runs_leased ON runs (endpoint, lease_until) WHERE state = 'running';
CREATE INDEX runs_parked ON runs (endpoint, id) WHERE state = 'parked';
CREATE INDEX runs_event ON runs (endpoint, event_id);

-- The handlers whose runs do not begin.
CREATE TABLE pauses (
    handler      TEXT PRIMARY KEY
);

-- What operators did.
CREATE TABLE audit (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           TIMESTAMPTZ NOT NULL,
    actor        TEXT NOT NULL,
    action       TEXT NOT NULL,          -- replay, skip, pause, or resume
    run          BIGINT,
    handler      TEXT NOT NULL,
    note         TEXT
);

CREATE INDEX audit_run ON audit (run);
