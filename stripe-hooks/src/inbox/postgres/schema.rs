//! The migrations of the tables, applied under an advisory lock that all processes share.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::inbox::random;

/// Each migration brings the schema from the version of its index to the next. Never change a
/// released migration, and only add to the schema: programs of an older version work at the same
/// time, and go on afterwards.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// The version that this program knows.
pub(super) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Migrates the tables, on a connection that looks up names in `schema`, and returns the version
/// that they have then. A newer version stays as it is. Processes that start at the same time
/// migrate one after the other.
pub(super) async fn migrate(connection: &mut PgConnection, schema: &str) -> Result<i64, sqlx::Error> {
    // Tables that are up to date need no right to create anything.
    if let Some(version) = read_version(connection).await?
        && version >= known_version()
    {
        return Ok(version);
    }
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('stripe_hooks.' || $1, 0))")
        .bind(schema)
        .execute(&mut *transaction)
        .await?;
    create_schema(&mut transaction, schema).await?;
    let version = read_version(&mut transaction).await?;
    if version.is_none() {
        let sql =
            "CREATE TABLE schema_version (version BIGINT NOT NULL); INSERT INTO schema_version VALUES (0)";
        sqlx::raw_sql(sql).execute(&mut *transaction).await?;
    }
    let version = version.unwrap_or_default();
    if version > known_version() {
        return Ok(version);
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or_default()) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
    }
    if version == 0 {
        sqlx::query("INSERT INTO inbox (id, created_at) VALUES ($1, now())")
            .bind(random::random_id())
            .execute(&mut *transaction)
            .await?;
    }
    sqlx::query("UPDATE schema_version SET version = $1")
        .bind(known_version())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(known_version())
}

/// The id that was made with the tables.
pub(super) async fn inbox_id(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM inbox").fetch_one(connection).await
}

/// The version of the tables, or `None` if there are none.
pub(super) async fn read_version(connection: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('schema_version') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    match exists {
        true => sqlx::query_scalar("SELECT version FROM schema_version").fetch_optional(connection).await,
        false => Ok(None),
    }
}

/// Creates the schema unless it exists. A role with more rights may have created it.
async fn create_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)")
        .bind(schema)
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        // `PostgresInbox` has checked the name.
        let sql = AssertSqlSafe(format!("CREATE SCHEMA \"{schema}\""));
        sqlx::raw_sql(sql).execute(connection).await?;
    }
    Ok(())
}
