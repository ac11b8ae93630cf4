//! The migrations of the tables, applied under the file's write lock.

use sqlx::{Connection, SqliteConnection, SqlitePool};

use super::values::now_milliseconds;
use crate::inbox::random;

/// Each migration brings the schema from the version of its index to the next. Never change a
/// released migration, and only add to the schema: programs of an older version work at the same
/// time, and go on afterwards.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// The version that this program knows.
pub(super) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Migrates the tables, and returns the version that they have then. A newer version stays as it
/// is. Processes that start at the same time migrate one after the other.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS stripe_hooks_schema (version INTEGER NOT NULL)")
        .execute(&mut *transaction)
        .await?;
    let version: Option<i64> = sqlx::query_scalar("SELECT version FROM stripe_hooks_schema")
        .fetch_optional(&mut *transaction)
        .await?;
    if version.is_none() {
        sqlx::raw_sql("INSERT INTO stripe_hooks_schema VALUES (0)").execute(&mut *transaction).await?;
    }
    let version = version.unwrap_or_default();
    if version > known_version() {
        return Ok(version);
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or_default()) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
    }
    if version == 0 {
        sqlx::query("INSERT INTO stripe_hooks_inbox (id, created_at) VALUES (?, ?)")
            .bind(random::random_id())
            .bind(now_milliseconds())
            .execute(&mut *transaction)
            .await?;
    }
    // Written even when no migration is new, because only a write shows that the file cannot be
    // written.
    sqlx::query("UPDATE stripe_hooks_schema SET version = ?")
        .bind(known_version())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(known_version())
}

/// The id that was made with the tables.
pub(super) async fn inbox_id(pool: &SqlitePool) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM stripe_hooks_inbox").fetch_one(pool).await
}

/// The version of the tables, or `None` if there are none. Changes nothing.
pub(super) async fn read_version(pool: &SqlitePool) -> Result<Option<i64>, sqlx::Error> {
    let table: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'stripe_hooks_schema'",
    )
    .fetch_optional(pool)
    .await?;
    match table {
        Some(_) => {
            let version: Option<i64> =
                sqlx::query_scalar("SELECT version FROM stripe_hooks_schema").fetch_optional(pool).await?;
            Ok(Some(version.unwrap_or_default()))
        }
        None => Ok(None),
    }
}
