//! The connections to one database: a line for each kind of work, and a pool for handlers'
//! transactions, so that these only wait for each other.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use sqlx::postgres::PgConnectOptions;
use tokio::sync::Semaphore;

use super::{access::Access, line::Line, news::News, transactions::Transactions};

/// Time limit of a query that the work depends on.
const BRIEF: Duration = Duration::from_secs(5);
/// Time for which a batch of events, or of ends, waits for a lock that blocks one of them.
const LOCKED: Duration = Duration::from_millis(500);
/// Time limit of an operator's query, and of one step of the housekeeping.
const LONG: Duration = Duration::from_secs(60);

/// The connections to one database.
pub(super) struct PostgresStore {
    pub(super) schema: String,
    pub(super) accepting: Line,
    pub(super) settling: Line,
    pub(super) claiming: Line,
    /// For the queries that deliveries wait for.
    pub(super) answering: Line,
    /// For leases, expired leases, and notifications to other processes.
    pub(super) keeping: Line,
    /// For operators' queries, and for retention.
    pub(super) asking: Line,
    pub(super) transactions: Arc<Transactions>,
    /// The permits of handlers' transactions: as many as there are connections for them.
    pub(super) places: Arc<Semaphore>,
    pub(super) news: News,
}

impl PostgresStore {
    /// Prepares the connections, with the options that `access` has given. Each connects when it is
    /// first used. Must be called on the inbox's thread, where the pool starts its housekeeping.
    pub(super) fn new(
        access: &Access,
        options: PgConnectOptions,
        schema: &str,
        connections: NonZeroU32,
    ) -> Self {
        let line = |limit| Line::new(access, schema, limit);
        Self {
            schema: schema.to_owned(),
            accepting: line(BRIEF).waiting_for_locks(LOCKED),
            settling: line(BRIEF).waiting_for_locks(LOCKED),
            claiming: line(BRIEF),
            answering: line(BRIEF),
            keeping: line(BRIEF),
            asking: line(LONG),
            transactions: Arc::new(Transactions::new(access.clone(), options, connections)),
            places: Arc::new(Semaphore::new(usize::try_from(connections.get()).unwrap_or(usize::MAX))),
            news: News::new(access, schema),
        }
    }
}
