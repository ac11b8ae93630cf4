//! The worker's queries in SQLite: claiming runs and writing how attempts end.

use serde_json::{Value, json};

use super::{
    command::transact,
    connections::SqliteStore,
    values::{after, list, now},
};
use crate::inbox::{
    rows::{Found, read_claimed},
    store::{Ask, Claims, Settlement},
};

/// The oldest ready runs. `LIMIT $4 + 0`, because SQLite prepares a statement again for each value
/// of a limit that is only a parameter.
macro_rules! ready {
    () => {
        "SELECT ready.id FROM json_each($2) AS asked CROSS JOIN stripe_hooks_runs AS ready ON ready.id IN ( \
           SELECT id FROM stripe_hooks_runs WHERE endpoint = $1 AND state = 'pending' AND waits = 0 AND run_at <= $3 \
           AND handler = asked.value ORDER BY run_at, id LIMIT $4 + 0) \
         WHERE asked.value NOT IN (SELECT handler FROM stripe_hooks_pauses) ORDER BY ready.run_at, ready.id LIMIT $4 + 0"
    };
}

/// Claims the oldest ready runs. It first reads them with the values that they will have, and then
/// writes these values: the write lock keeps others from writing in between.
const CLAIM: &str = concat!(
    "BEGIN IMMEDIATE; \
     SELECT run.id, fence + 1 AS fence, attempts + 1 AS attempts, handler, body, \
       EXISTS (SELECT 1 FROM stripe_hooks_runs AS ended \
         WHERE ended.endpoint = run.endpoint AND ended.handler = run.handler AND ended.lane = run.lane \
         AND ended.lane_at >= (run.lane_at / 1000 + 1) * 1000 AND ended.state = 'done' AND ended.started_at IS NOT NULL) AS is_stale \
     FROM stripe_hooks_runs AS run LEFT JOIN stripe_hooks_events AS event ON event.endpoint = run.endpoint AND event.id = run.event_id \
     WHERE run.id IN (",
    ready!(),
    ") ORDER BY run_at, run.id; \
     UPDATE OR ROLLBACK stripe_hooks_runs SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $5, started_at = $3 \
     WHERE id IN (",
    ready!(),
    "); COMMIT"
);

impl SqliteStore {
    pub(super) async fn claim(&self, ask: Ask<'_>) -> Found<Claims> {
        let handlers = list(ask.handlers);
        if !ask.expects && !self.is_ready(ask.endpoint, &handlers).await? {
            return Ok(Claims::default());
        }
        let connection = self.write.acquire().await?;
        let room = (ask.room)();
        if room == 0 {
            return Ok(Claims::default());
        }
        let claim = sqlx::query(CLAIM)
            .bind(ask.endpoint.to_owned())
            .bind(handlers)
            .bind(now())
            .bind(i64::try_from(room).unwrap_or(i64::MAX))
            .bind(after(ask.lease));
        let claimed = transact(connection, claim).await?;
        let runs: Vec<_> = claimed.iter().map(read_claimed).collect::<Found<_>>()?;
        Ok(Claims { is_full: runs.len() == room, runs })
    }

    /// Looks for a ready run without the write lock, so that an idle worker delays no write.
    async fn is_ready(&self, endpoint: &str, handlers: &str) -> Found<bool> {
        let ready: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM json_each(?3) AS asked WHERE asked.value NOT IN (SELECT handler FROM stripe_hooks_pauses) \
             AND EXISTS (SELECT 1 FROM stripe_hooks_runs WHERE endpoint = ?1 AND state = 'pending' AND waits = 0 AND run_at <= ?2 \
               AND handler = asked.value) LIMIT 1",
        )
        .bind(endpoint)
        .bind(now())
        .bind(handlers)
        .fetch_optional(&self.read)
        .await?;
        Ok(ready.is_some())
    }

    pub(super) async fn settle(&self, ends: &[Settlement]) -> Found<Vec<(i64, i64)>> {
        let rows: Value = ends.iter().map(settled).collect();
        sqlx::query_as(
            "UPDATE stripe_hooks_runs AS run SET state = ended.state, attempts = run.attempts - ended.uncounted, \
             run_at = coalesce(ended.run_at, run.run_at), reason = ended.reason, \
             last_error = CASE ended.uncounted WHEN 1 THEN run.last_error ELSE ended.error END, lease_until = NULL, \
             answer = coalesce(ended.answer, run.answer), \
             finished_at = CASE ended.state WHEN 'pending' THEN NULL ELSE ?2 END \
             FROM (SELECT value->>'id' AS id, value->>'fence' AS fence, value->>'state' AS state, value->>'run_at' AS run_at, \
               value->>'reason' AS reason, value->>'error' AS error, value->>'answer' AS answer, value->>'uncounted' AS uncounted, \
               value->>'lapsed' AS lapsed FROM json_each(?1)) AS ended \
             WHERE run.id = ended.id AND run.fence = ended.fence AND run.state = 'running' \
             AND (NOT ended.lapsed OR run.lease_until < ?2) \
             RETURNING id, fence",
        )
        .bind(rows.to_string())
        .bind(now())
        .fetch_all(&self.write)
        .await
    }
}

/// The end of an attempt, as the statement reads it.
fn settled(settlement: &Settlement) -> Value {
    let ended = settlement.end.columns();
    json!({
        "id": settlement.id, "fence": settlement.fence, "state": ended.state, "run_at": ended.delay.map(after),
        "reason": ended.reason, "error": ended.error, "answer": ended.answer,
        "uncounted": i64::from(ended.is_given_back), "lapsed": settlement.is_lapsed,
    })
}
