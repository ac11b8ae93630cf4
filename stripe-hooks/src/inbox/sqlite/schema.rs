//! How the tables come to be: one list of migrations, applied under the database's write lock.

use sqlx::{Connection, SqliteConnection, SqlitePool};

use super::unusable;
use crate::error::Problem;

/// Each migration brings the schema from the version of its index to the next. Never change one that was released, and
/// only add to what there is: programs of an older version are at work meanwhile, and go on afterwards.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// Brings the schema up to date. Processes that start at once do it one after the other.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS stripe_hooks_schema (version INTEGER NOT NULL)")
        .execute(&mut *transaction)
        .await?;
    let version: Option<i64> = sqlx::query_scalar("SELECT version FROM stripe_hooks_schema")
        .fetch_optional(&mut *transaction)
        .await?;
    let version = match version {
        Some(version) => version,
        None => {
            sqlx::raw_sql("INSERT INTO stripe_hooks_schema VALUES (0)").execute(&mut *transaction).await?;
            0
        }
    };
    let known = MIGRATIONS.len();
    let applied = usize::try_from(version).ok().filter(|version| *version <= known);
    let Some(applied) = applied else { return Err(Failure::FromTheFuture(version)) };
    for migration in &MIGRATIONS[applied..] {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
    }
    // Written even when nothing is new, because SQLite says only then that a file cannot be written.
    let known = i64::try_from(known).unwrap_or(i64::MAX);
    sqlx::query("UPDATE stripe_hooks_schema SET version = ?").bind(known).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether the schema is the one of this version; changes nothing.
pub(super) async fn check(pool: &SqlitePool) -> Result<(), Failure> {
    let table: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'stripe_hooks_schema'",
    )
    .fetch_optional(pool)
    .await?;
    table.ok_or(Failure::None)?;
    let version: Option<i64> =
        sqlx::query_scalar("SELECT version FROM stripe_hooks_schema").fetch_optional(pool).await?;
    let version = version.unwrap_or_default();
    match usize::try_from(version) {
        Ok(known) if known == MIGRATIONS.len() => Ok(()),
        Ok(known) if known < MIGRATIONS.len() => Err(Failure::FromThePast(version)),
        _ => Err(Failure::FromTheFuture(version)),
    }
}

/// Why the schema cannot be used.
#[derive(Debug)]
pub(super) enum Failure {
    None,
    FromThePast(i64),
    FromTheFuture(i64),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Failure {
    /// The failure with the file that it concerns.
    pub(super) fn at(self, place: &str) -> Problem {
        let known = MIGRATIONS.len();
        Problem::Inbox(match self {
            Self::None => {
                format!(
                    "the inbox in {place} cannot be used: there are no tables of an inbox in it; start the receiver first, which makes them"
                )
            }
            Self::FromThePast(version) => format!(
                "the inbox in {place} has schema version {version}, and this program knows {known}; start the receiver of this version \
                 first, which brings it up to date"
            ),
            Self::FromTheFuture(version) => format!(
                "the inbox in {place} has schema version {version}, and this program knows {known}; a newer program has used it, so start \
                 that one"
            ),
            Self::Database(error) => return unusable(place, &error),
        })
    }
}
