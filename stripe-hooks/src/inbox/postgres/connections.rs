//! The connections to one database: a line for each kind of work, and a pool for handlers'
//! transactions, so that these only wait for each other.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use sqlx::postgres::PgConnectOptions;
use tokio::sync::Semaphore;

use super::{
    access::DatabaseAddress, dedicated_connection::DedicatedConnection, notifier::Notifier,
    transactions::Transactions,
};

/// Time limit of a query that the work depends on.
const WORK_QUERY_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for which a batch of events, or of ends, waits for a lock that blocks one of them.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);
/// Time limit of an operator's query, and of one step of the housekeeping.
const OPERATOR_QUERY_TIMEOUT: Duration = Duration::from_secs(60);

/// The connections to one database.
pub(super) struct PostgresStore {
    pub(super) schema: String,
    pub(super) arrivals_connection: DedicatedConnection,
    pub(super) completions_connection: DedicatedConnection,
    pub(super) claims_connection: DedicatedConnection,
    /// For the queries that deliveries wait for.
    pub(super) deliveries_connection: DedicatedConnection,
    /// For leases, expired leases, and notifications to other processes.
    pub(super) leases_connection: DedicatedConnection,
    /// For renewals alone: a renewal that waits behind slower queries comes too late.
    pub(super) renewals_connection: DedicatedConnection,
    /// For operators' queries, and for retention.
    pub(super) operators_connection: DedicatedConnection,
    pub(super) handler_pool: Arc<Transactions>,
    /// The permits of handlers' transactions: as many as there are connections for them.
    pub(super) transaction_permits: Arc<Semaphore>,
    pub(super) notifier: Notifier,
}

impl PostgresStore {
    /// Prepares the connections, with the options that `access` has given. Each connects when it is
    /// first used. Must be called on the inbox's thread, where the pool starts its housekeeping.
    pub(super) fn new(
        access: &DatabaseAddress,
        options: PgConnectOptions,
        schema: &str,
        connections: NonZeroU32,
    ) -> Self {
        let line = |limit| DedicatedConnection::new(access, schema, limit);
        Self {
            schema: schema.to_owned(),
            arrivals_connection: line(WORK_QUERY_TIMEOUT).with_lock_timeout(LOCK_TIMEOUT),
            completions_connection: line(WORK_QUERY_TIMEOUT).with_lock_timeout(LOCK_TIMEOUT),
            claims_connection: line(WORK_QUERY_TIMEOUT),
            deliveries_connection: line(WORK_QUERY_TIMEOUT),
            leases_connection: line(WORK_QUERY_TIMEOUT),
            renewals_connection: line(WORK_QUERY_TIMEOUT),
            operators_connection: line(OPERATOR_QUERY_TIMEOUT),
            handler_pool: Arc::new(Transactions::new(access.clone(), options, connections)),
            transaction_permits: Arc::new(Semaphore::new(
                usize::try_from(connections.get()).unwrap_or(usize::MAX),
            )),
            notifier: Notifier::new(access, schema),
        }
    }
}
