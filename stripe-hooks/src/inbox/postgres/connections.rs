//! The connections to one database: one for each kind of work, and a pool for handlers'
//! transactions, so that these only wait for each other.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use sqlx::postgres::PgConnectOptions;
use tokio::sync::Semaphore;

use super::{
    address::DatabaseAddress, dedicated_connection::DedicatedConnection, handler_pool::HandlerPool,
    notifier::Notifier,
};

/// Time limit of a query that the work depends on.
const WORK_QUERY_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for which a batch of events, or of completions, waits for a lock that blocks one of them.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);
/// Time limit of an operator's query, and of one step of retention.
const OPERATOR_QUERY_TIMEOUT: Duration = Duration::from_secs(60);

/// The connections to one database.
pub(super) struct PostgresStore {
    pub(super) schema: String,
    pub(super) arrivals_connection: DedicatedConnection,
    pub(super) completions_connection: DedicatedConnection,
    pub(super) claims_connection: DedicatedConnection,
    /// For the queries that deliveries wait for.
    pub(super) deliveries_connection: DedicatedConnection,
    /// Connection for check-ins, the steps of the sweep, and notifications to other processes.
    pub(super) upkeep_connection: DedicatedConnection,
    /// For renewals alone: a renewal that waits behind slower queries comes too late.
    pub(super) renewals_connection: DedicatedConnection,
    /// For operators' queries, and for retention.
    pub(super) operators_connection: DedicatedConnection,
    pub(super) handler_pool: Arc<HandlerPool>,
    /// The permits of handlers' transactions: as many as there are connections for them.
    pub(super) transaction_permits: Arc<Semaphore>,
    pub(super) notifier: Notifier,
}

impl PostgresStore {
    /// Prepares the connections, with the options that `address` has given. Each connects when it
    /// is first used. Must be called on the inbox's thread, where the pool starts its housekeeping.
    pub(super) fn new(
        address: &DatabaseAddress,
        options: PgConnectOptions,
        schema: &str,
        connections: NonZeroU32,
    ) -> Self {
        let connect = |limit| DedicatedConnection::new(address, schema, limit);
        Self {
            schema: schema.to_owned(),
            arrivals_connection: connect(WORK_QUERY_TIMEOUT).with_lock_timeout(LOCK_TIMEOUT),
            completions_connection: connect(WORK_QUERY_TIMEOUT).with_lock_timeout(LOCK_TIMEOUT),
            claims_connection: connect(WORK_QUERY_TIMEOUT),
            deliveries_connection: connect(WORK_QUERY_TIMEOUT),
            upkeep_connection: connect(WORK_QUERY_TIMEOUT),
            renewals_connection: connect(WORK_QUERY_TIMEOUT),
            operators_connection: connect(OPERATOR_QUERY_TIMEOUT),
            handler_pool: Arc::new(HandlerPool::new(address.clone(), options, connections)),
            transaction_permits: Arc::new(Semaphore::new(
                usize::try_from(connections.get()).unwrap_or(usize::MAX),
            )),
            notifier: Notifier::new(address, schema),
        }
    }
}
