-- The inbox in PostgreSQL, version 1, in a schema of its own. Times are by the database's clock;
-- `created` is by Stripe's.
CREATE TABLE inbox (
    id           TEXT NOT NULL,          -- random; proves that the schema still holds the same inbox
    created_at   TIMESTAMPTZ NOT NULL
);

-- At most one row.
CREATE UNIQUE INDEX inbox_single ON inbox ((true));

-- `answered_at` is set when the event is stored, or by the attempt that decides the answer. It stays NULL where
-- an operator skips that attempt's run, and where the event's twin has the run.
CREATE TABLE events (
    key          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint     TEXT NOT NULL,
    tenant       TEXT NOT NULL DEFAULT '',
    id           TEXT NOT NULL,
    type         TEXT NOT NULL,
    form         TEXT NOT NULL,          -- snapshot, thin, or unreadable
    source       TEXT NOT NULL,          -- delivered, or dispatched
    api_version  TEXT,
    created      TIMESTAMPTZ,
    livemode     BOOLEAN,
    account      TEXT,                   -- the connected account of a snapshot event
    context      TEXT,                   -- the context of a thin event
    object_kind  TEXT,
    object_id    TEXT,
    body         BYTEA,                  -- NULL once retention has removed it
    received_at  TIMESTAMPTZ NOT NULL,
    answered_at  TIMESTAMPTZ,            -- see above
    UNIQUE (id, type, endpoint, tenant)   -- the id first, for operators, who search by it in all endpoints
);

CREATE INDEX events_received ON events (received_at);
CREATE INDEX events_with_body ON events (received_at) WHERE body IS NOT NULL;

CREATE TABLE runs (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event        BIGINT NOT NULL,        -- the key of its event
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
    fence        BIGINT NOT NULL DEFAULT 0,
    run_at       TIMESTAMPTZ NOT NULL,
    lease_until  TIMESTAMPTZ,
    process      BIGINT,                 -- the process that claimed the run last
    lane         TEXT,                   -- the object whose events its handler takes in order
    lane_at      TIMESTAMPTZ,            -- its place in the lane: the time of the event
    blocked      BOOLEAN NOT NULL DEFAULT false, -- true if another run of its lane goes first; kept by the triggers below
    blocks_when_parked BOOLEAN NOT NULL DEFAULT false, -- true if it blocks its lane while it is parked
    created_at   TIMESTAMPTZ NOT NULL,
    started_at   TIMESTAMPTZ,
    finished_at  TIMESTAMPTZ,
    UNIQUE (counts_for_id, counts_for_type, handler, endpoint, tenant)
) WITH (
    -- Each run leaves a few dead rows behind, which would soon be most of the rows that a claim reads.
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);

-- The handler comes before the time, so that a claim never reads the runs of paused or limited handlers.
CREATE INDEX runs_pending ON runs (endpoint, handler, blocked, run_at, id) WHERE state = 'pending';
CREATE INDEX runs_leased ON runs (endpoint, lease_until) WHERE state = 'running';
CREATE INDEX runs_parked ON runs (id, endpoint) WHERE state = 'parked';
CREATE INDEX runs_event ON runs (event);

-- At most one run of a lane is running.
CREATE UNIQUE INDEX runs_lane_running ON runs (endpoint, tenant, handler, lane) WHERE state = 'running' AND lane IS NOT NULL;
CREATE INDEX runs_lane_ready ON runs (endpoint, tenant, handler, lane) WHERE state = 'pending' AND NOT blocked AND lane IS NOT NULL;
CREATE INDEX runs_lane_blocked ON runs (endpoint, tenant, handler, lane, lane_at, id)
    WHERE state = 'pending' AND blocked AND lane IS NOT NULL;
CREATE INDEX runs_lane_parked ON runs (endpoint, tenant, handler, lane, lane_at, id)
    WHERE state = 'parked' AND blocks_when_parked AND lane IS NOT NULL;
-- The runs that attempts have completed. A later run of an older event is stale.
CREATE INDEX runs_lane_done ON runs (endpoint, tenant, handler, lane, lane_at)
    WHERE state = 'done' AND result <> 'skipped' AND lane IS NOT NULL;

-- The lock of a lane: one of a thousand, so that no transaction holds more locks than a server has room for.
CREATE FUNCTION lane_lock(endpoint TEXT, tenant TEXT, handler TEXT, lane TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE STRICT
AS $$ SELECT hashtext(endpoint || ' ' || tenant || ' ' || handler || ' ' || lane) & 1023 $$;

-- Takes the lock until the transaction ends. A transaction that takes several locks takes them in the order of their numbers, and before it
-- locks the row of any run.
CREATE FUNCTION lock_lane(lock INTEGER) RETURNS VOID LANGUAGE sql VOLATILE
AS $$ SELECT pg_advisory_xact_lock(1937010281, lock) $$;

-- Chooses the next run of a lane: the first pending one, unless a run of the lane is running, or an earlier one is parked and blocks the lane.
-- No other transaction can see these runs differently: every transaction that brings a run into a lane or out of it holds the lane's lock, and
-- a claim has its run locked.
CREATE FUNCTION next_of_lane(of_endpoint TEXT, of_tenant TEXT, of_handler TEXT, of_lane TEXT) RETURNS VOID LANGUAGE plpgsql
SET search_path FROM CURRENT SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    -- A transaction that does not see what was committed meanwhile cannot choose. The sweep chooses later.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RETURN;
    END IF;
    PERFORM lock_lane(lane_lock(of_endpoint, of_tenant, of_handler, of_lane));
    UPDATE runs SET blocked = true
    WHERE endpoint = of_endpoint AND tenant = of_tenant AND handler = of_handler AND lane = of_lane AND state = 'pending' AND NOT blocked;
    UPDATE runs AS next SET blocked = false
    WHERE next.id = (
        SELECT id FROM runs
        WHERE endpoint = of_endpoint AND tenant = of_tenant AND handler = of_handler AND lane = of_lane AND state = 'pending' AND blocked
        ORDER BY lane_at, id LIMIT 1)
    AND NOT EXISTS (
        SELECT FROM runs AS running
        WHERE running.endpoint = of_endpoint AND running.tenant = of_tenant AND running.handler = of_handler AND running.lane = of_lane
        AND running.state = 'running')
    AND NOT EXISTS (
        SELECT FROM runs AS parked
        WHERE parked.endpoint = of_endpoint AND parked.tenant = of_tenant AND parked.handler = of_handler AND parked.lane = of_lane
        AND parked.state = 'parked' AND parked.blocks_when_parked AND (parked.lane_at, parked.id) < (next.lane_at, next.id));
END $$;

CREATE FUNCTION lane_changed() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM next_of_lane(OLD.endpoint, OLD.tenant, OLD.handler, OLD.lane);
    ELSE
        PERFORM next_of_lane(NEW.endpoint, NEW.tenant, NEW.handler, NEW.lane);
    END IF;
    RETURN NULL;
END $$;

-- Triggers see every change, whoever makes it. A claim changes nothing for the other runs of the lane, which are blocked already.
CREATE TRIGGER runs_entered AFTER INSERT ON runs FOR EACH ROW WHEN (NEW.lane IS NOT NULL) EXECUTE FUNCTION lane_changed();
CREATE TRIGGER runs_changed AFTER UPDATE OF state ON runs FOR EACH ROW
    WHEN (NEW.lane IS NOT NULL AND NEW.state <> OLD.state AND NOT (OLD.state = 'pending' AND NEW.state = 'running'))
    EXECUTE FUNCTION lane_changed();
CREATE TRIGGER runs_removed AFTER DELETE ON runs FOR EACH ROW WHEN (OLD.lane IS NOT NULL AND OLD.state <> 'done')
    EXECUTE FUNCTION lane_changed();

-- The processes that use the inbox. Each writes `seen_at` from time to time.
CREATE TABLE processes (
    id           BIGINT PRIMARY KEY,
    host         TEXT NOT NULL,
    pid          BIGINT NOT NULL,
    program      TEXT NOT NULL,
    version      TEXT NOT NULL,          -- the version of stripe-hooks in the program
    started_at   TIMESTAMPTZ NOT NULL,
    seen_at      TIMESTAMPTZ NOT NULL
);

-- The handlers that each process works for.
CREATE TABLE process_handlers (
    process      BIGINT NOT NULL,
    endpoint     TEXT NOT NULL,
    handler      TEXT NOT NULL,
    PRIMARY KEY (process, endpoint, handler)
);

-- All handlers that any process has ever had.
CREATE TABLE handlers (
    endpoint     TEXT NOT NULL,
    handler      TEXT NOT NULL,
    first_seen   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (endpoint, handler)
);

-- The handlers whose runs do not begin.
CREATE TABLE pauses (
    endpoint     TEXT NOT NULL,
    handler      TEXT NOT NULL,
    tenant       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (endpoint, handler, tenant)
);

-- The actions of operators.
CREATE TABLE audit (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           TIMESTAMPTZ NOT NULL,
    actor        TEXT NOT NULL,
    action       TEXT NOT NULL,          -- replay, skip, pause, or resume
    run          BIGINT,
    endpoint     TEXT NOT NULL,
    handler      TEXT NOT NULL,
    note         TEXT
);

CREATE INDEX audit_run ON audit (run);
CREATE INDEX audit_at ON audit (at);
