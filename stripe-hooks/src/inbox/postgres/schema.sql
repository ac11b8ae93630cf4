-- The inbox in PostgreSQL, version 1, in a schema of its own. Times are by the database's clock; `created` is by Stripe's.
CREATE TABLE inbox (
    id           TEXT NOT NULL,          -- random; proves that the schema still holds the same inbox
    created_at   TIMESTAMPTZ NOT NULL
);

-- At most one row.
CREATE UNIQUE INDEX inbox_single ON inbox ((true));

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
    answer       TEXT,                   -- what the handler replied; NULL once retention has removed it
    lane         TEXT,                   -- the object whose events its handler takes in order
    lane_at      TIMESTAMPTZ,            -- its place there: when the event happened
    holds        BOOLEAN NOT NULL DEFAULT false, -- whether nobody passes while it is parked
    waits        BOOLEAN NOT NULL DEFAULT false, -- whether another of its lane goes first; kept by the triggers below
    created_at   TIMESTAMPTZ NOT NULL,
    started_at   TIMESTAMPTZ,
    finished_at  TIMESTAMPTZ,
    UNIQUE (endpoint, about, handler)
) WITH (
    -- Each run leaves a few dead rows behind, which would soon be most of what a claim reads.
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);

-- The handler before the time, so that what a paused or limited handler leaves waiting is never read for the others.
CREATE INDEX runs_pending ON runs (endpoint, handler, waits, run_at, id) WHERE state = 'pending';
CREATE INDEX runs_leased ON runs (endpoint, lease_until) WHERE state = 'running';
CREATE INDEX runs_parked ON runs (id, endpoint) WHERE state = 'parked';
CREATE INDEX runs_event ON runs (event_id, endpoint);

-- Of a lane, at most one run is worked on.
CREATE UNIQUE INDEX runs_lane_running ON runs (endpoint, handler, lane) WHERE state = 'running' AND lane IS NOT NULL;
CREATE INDEX runs_lane_ready ON runs (endpoint, handler, lane) WHERE state = 'pending' AND NOT waits AND lane IS NOT NULL;
CREATE INDEX runs_lane_waiting ON runs (endpoint, handler, lane, lane_at, id) WHERE state = 'pending' AND waits AND lane IS NOT NULL;
CREATE INDEX runs_lane_held ON runs (endpoint, handler, lane, lane_at, id) WHERE state = 'parked' AND holds AND lane IS NOT NULL;
-- What a handler has ended, by which later runs of older events are known. An operator who skips a run clears `started_at`.
CREATE INDEX runs_lane_ended ON runs (endpoint, handler, lane, lane_at)
    WHERE state = 'done' AND started_at IS NOT NULL AND lane IS NOT NULL;

-- The lock of a lane: one of a thousand, so that no transaction holds more of them than a server has room for.
CREATE FUNCTION lane_lock(endpoint TEXT, handler TEXT, lane TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE STRICT
AS $$ SELECT hashtext(endpoint || ' ' || handler || ' ' || lane) & 1023 $$;

-- Takes it, until the transaction ends. Who takes several takes them in the order of their numbers, and before the row of any run.
CREATE FUNCTION lock_lane(lock INTEGER) RETURNS VOID LANGUAGE sql VOLATILE
AS $$ SELECT pg_advisory_xact_lock(1937010281, lock) $$;

-- Says who of a lane goes next: the first that is pending, unless one is worked on, or an earlier one is parked and holds the lane. A run that becomes
-- ready or is passed over here was ready before in nobody else's view, because all who bring a run into its lane or out of it hold the lane's
-- lock; and who claims one has it locked.
CREATE FUNCTION next_of_lane(of_endpoint TEXT, of_handler TEXT, of_lane TEXT) RETURNS VOID LANGUAGE plpgsql
SET search_path FROM CURRENT SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    -- A transaction that does not see what was committed meanwhile cannot tell; the sweep then does.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RETURN;
    END IF;
    PERFORM lock_lane(lane_lock(of_endpoint, of_handler, of_lane));
    UPDATE runs SET waits = true
    WHERE endpoint = of_endpoint AND handler = of_handler AND lane = of_lane AND state = 'pending' AND NOT waits;
    UPDATE runs AS next SET waits = false
    WHERE next.id = (
        SELECT id FROM runs WHERE endpoint = of_endpoint AND handler = of_handler AND lane = of_lane AND state = 'pending' AND waits
        ORDER BY lane_at, id LIMIT 1)
    AND NOT EXISTS (
        SELECT FROM runs AS running
        WHERE running.endpoint = of_endpoint AND running.handler = of_handler AND running.lane = of_lane AND running.state = 'running')
    AND NOT EXISTS (
        SELECT FROM runs AS held
        WHERE held.endpoint = of_endpoint AND held.handler = of_handler AND held.lane = of_lane AND held.state = 'parked' AND held.holds
        AND (held.lane_at, held.id) < (next.lane_at, next.id));
END $$;

CREATE FUNCTION lane_changed() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM next_of_lane(OLD.endpoint, OLD.handler, OLD.lane);
    ELSE
        PERFORM next_of_lane(NEW.endpoint, NEW.handler, NEW.lane);
    END IF;
    RETURN NULL;
END $$;

-- Whatever changes a run, by whichever hand, is seen. A claim changes nothing for the others of the lane, who wait already.
CREATE TRIGGER runs_entered AFTER INSERT ON runs FOR EACH ROW WHEN (NEW.lane IS NOT NULL) EXECUTE FUNCTION lane_changed();
CREATE TRIGGER runs_changed AFTER UPDATE OF state ON runs FOR EACH ROW
    WHEN (NEW.lane IS NOT NULL AND NEW.state <> OLD.state AND NOT (OLD.state = 'pending' AND NEW.state = 'running'))
    EXECUTE FUNCTION lane_changed();
CREATE TRIGGER runs_removed AFTER DELETE ON runs FOR EACH ROW WHEN (OLD.lane IS NOT NULL AND OLD.state <> 'done')
    EXECUTE FUNCTION lane_changed();

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
CREATE INDEX audit_at ON audit (at);
