//! The worker's queries in SQLite: claiming runs and writing how attempts end.

use serde_json::{Value, json};
use sqlx::Row;

use super::{
    command::run_transaction,
    connections::SqliteStore,
    values::{json_list, now_milliseconds, time_after},
};
use crate::inbox::{
    rows::{QueryResult, read_claimed},
    store::{AttemptEnd, ClaimRequest, ClaimedBatch, Completion},
};

/// The oldest ready runs. `LIMIT $4 + 0`, because SQLite prepares a statement again for each value
/// of a limit that is only a parameter.
macro_rules! ready_runs_sql {
    () => {
        "SELECT ready.id FROM json_each($2) AS requested CROSS JOIN stripe_hooks_runs AS ready ON ready.id IN ( \
           SELECT id FROM stripe_hooks_runs WHERE endpoint = $1 AND state = 'pending' AND blocked = 0 AND run_at <= $3 \
           AND handler = requested.value ORDER BY run_at, id LIMIT $4 + 0) \
         WHERE requested.value NOT IN (SELECT handler FROM stripe_hooks_pauses WHERE endpoint = $1) ORDER BY ready.run_at, ready.id LIMIT $4 + 0"
    };
}

/// Claims the oldest ready runs. It first reads them with the values that they will have, and then
/// writes these values: the write lock keeps others from writing in between.
const CLAIM_STATEMENTS: &str = concat!(
    "BEGIN IMMEDIATE; \
     SELECT run.id, fence + 1 AS fence, attempts + 1 AS attempts, handler, body, \
       EXISTS (SELECT 1 FROM stripe_hooks_runs AS ended \
         WHERE ended.endpoint = run.endpoint AND ended.tenant = run.tenant AND ended.handler = run.handler AND ended.lane = run.lane \
         AND ended.lane_at >= (run.lane_at / 1000 + 1) * 1000 AND ended.state = 'done' AND ended.result <> 'skipped') AS is_stale \
     FROM stripe_hooks_runs AS run LEFT JOIN stripe_hooks_events AS event ON event.key = run.event \
     WHERE run.id IN (",
    ready_runs_sql!(),
    ") ORDER BY run_at, run.id; \
     UPDATE OR ROLLBACK stripe_hooks_runs SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $5, process = $6, \
       started_at = $3 \
     WHERE id IN (",
    ready_runs_sql!(),
    "); COMMIT"
);

impl SqliteStore {
    pub(super) async fn claim_runs(&self, request: ClaimRequest<'_>) -> QueryResult<ClaimedBatch> {
        let handlers = json_list(request.handlers);
        if !request.expects_ready_runs && !self.has_ready_run(request.endpoint, &handlers).await? {
            return Ok(ClaimedBatch::default());
        }
        let connection = self.write_pool.acquire().await?;
        let room = (request.max_runs)();
        if room == 0 {
            return Ok(ClaimedBatch::default());
        }
        let claim = sqlx::query(CLAIM_STATEMENTS)
            .bind(request.endpoint.to_owned())
            .bind(handlers)
            .bind(now_milliseconds())
            .bind(i64::try_from(room).unwrap_or(i64::MAX))
            .bind(time_after(request.lease.duration))
            .bind(request.lease.process_id);
        let claimed = run_transaction(connection, claim).await?;
        let runs: Vec<_> = claimed.iter().map(read_claimed).collect::<QueryResult<_>>()?;
        Ok(ClaimedBatch { is_full: runs.len() == room, runs })
    }

    /// Looks for a ready run without the write lock, so that an idle worker delays no write.
    async fn has_ready_run(&self, endpoint: &str, handlers: &str) -> QueryResult<bool> {
        let ready: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM json_each(?3) AS requested \
             WHERE requested.value NOT IN (SELECT handler FROM stripe_hooks_pauses WHERE endpoint = ?1) \
             AND EXISTS (SELECT 1 FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'pending' AND blocked = 0 AND run_at <= ?2 \
               AND handler = requested.value) LIMIT 1",
        )
        .bind(endpoint)
        .bind(now_milliseconds())
        .bind(handlers)
        .fetch_optional(&self.read_pool)
        .await?;
        Ok(ready.is_some())
    }

    pub(super) async fn complete_attempts(&self, ends: &[Completion]) -> QueryResult<Vec<(i64, i64)>> {
        let rows: Value = ends.iter().map(completion_to_json).collect();
        let decides_answer = ends
            .iter()
            .any(|completion| completion.decides_answer && matches!(completion.end, AttemptEnd::Done { .. }));
        let text = if decides_answer { COMPLETE_AND_ANSWER_STATEMENTS } else { COMPLETE_STATEMENT };
        let query = sqlx::query(text).bind(rows.to_string()).bind(now_milliseconds());
        let rows = match decides_answer {
            true => run_transaction(self.write_pool.acquire().await?, query).await?,
            false => query.fetch_all(&self.write_pool).await?,
        };
        rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("fence")?))).collect()
    }
}

macro_rules! complete_sql {
    () => {
        "UPDATE stripe_hooks_runs AS run SET state = ended.state, attempts = run.attempts - ended.uncounted, \
           run_at = coalesce(ended.run_at, run.run_at), result = ended.result, reason = ended.reason, \
           error = CASE ended.uncounted WHEN 1 THEN run.error ELSE ended.error END, lease_until = NULL, \
           reply = coalesce(ended.reply, run.reply), \
           finished_at = CASE ended.state WHEN 'pending' THEN NULL ELSE $2 END \
         FROM (SELECT value->>'id' AS id, value->>'fence' AS fence, value->>'state' AS state, value->>'run_at' AS run_at, \
           value->>'result' AS result, value->>'reason' AS reason, value->>'error' AS error, value->>'reply' AS reply, \
           value->>'uncounted' AS uncounted, value->>'lapsed' AS lapsed FROM json_each($1)) AS ended \
         WHERE run.id = ended.id AND run.fence = ended.fence AND run.state = 'running' \
         AND (NOT ended.lapsed OR run.lease_until < $2) \
         RETURNING id, fence"
    };
}

/// Writes completions.
const COMPLETE_STATEMENT: &str = complete_sql!();

/// Writes completions, and records that the events whose answer they decide are answered.
const COMPLETE_AND_ANSWER_STATEMENTS: &str = concat!(
    "BEGIN IMMEDIATE; ",
    complete_sql!(),
    "; UPDATE stripe_hooks_events SET answered_at = $2 WHERE answered_at IS NULL AND key IN ( \
       SELECT event FROM json_each($1) AS ended JOIN stripe_hooks_runs AS run ON run.id = ended.value->>'id' \
       WHERE ended.value->>'decides_answer' AND run.fence = ended.value->>'fence' AND run.state = 'done'); COMMIT"
);

/// The end of an attempt, as the statement reads it.
fn completion_to_json(completion: &Completion) -> Value {
    let ended = completion.end.to_columns();
    json!({
        "id": completion.id, "fence": completion.fence, "state": ended.state, "run_at": ended.delay.map(time_after),
        "result": ended.result, "reason": ended.reason, "error": ended.error, "reply": ended.reply,
        "uncounted": i64::from(ended.is_given_back), "lapsed": completion.is_lapsed,
        "decides_answer": completion.decides_answer,
    })
}
