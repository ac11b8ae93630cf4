//! Notifications between processes: that a run may be ready. Nothing depends on them, because each
//! process also polls.

use std::{io, time::Duration};

use sqlx::{
    PgConnection,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use super::{
    address::DatabaseAddress,
    dedicated_connection::{DedicatedConnection, with_query_timeout},
};
use crate::inbox::{outage::ReportedOutage, random};

/// Time limit for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// Delay before a failed connection is retried.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);
/// Time without a notification after which the connection is tested.
const IDLE_BEFORE_TEST: Duration = Duration::from_secs(20);
/// Time for which new runs are gathered into one notification: the database sends notifications one
/// at a time, each to all listeners.
const COALESCE: Duration = Duration::from_millis(20);

pub(super) struct Notifier {
    address: DatabaseAddress,
    channel: String,
    /// The name by which a process recognises its own notifications.
    process_name: String,
    has_new_runs: Notify,
}

impl Notifier {
    pub(super) fn new(address: &DatabaseAddress, schema: &str) -> Self {
        let own = format!("{:016x}", random::random_bits());
        Self {
            address: address.clone(),
            channel: schema.to_owned(),
            process_name: own,
            has_new_runs: Notify::new(),
        }
    }

    /// Records that there is a new run.
    pub(super) fn record_new_run(&self) {
        self.has_new_runs.notify_one();
    }

    /// Notifies other processes of new runs, for as long as it is polled.
    pub(super) async fn notify_until_dropped(&self, connection: &DedicatedConnection) {
        loop {
            self.has_new_runs.notified().await;
            // A process that misses the notification finds the run when it polls.
            let _ = connection.query(async |connection| self.notify_in_transaction(connection).await).await;
            sleep(COALESCE).await;
        }
    }

    /// Notifies other processes once this connection's transaction is committed.
    pub(super) async fn notify_in_transaction(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let notification =
            sqlx::query("SELECT pg_notify($1, $2)").bind(&self.channel).bind(&self.process_name);
        notification.execute(connection).await.map(drop)
    }

    /// Wakes the workers at each notification of another process, for as long as it is polled.
    pub(super) async fn listen_until_dropped(&self, woken: &Notify) {
        let mut outage = ReportedOutage::default();
        loop {
            let Err(error) = self.listen_once(woken, &mut outage).await;
            outage.log_error(&error, "cannot listen for notifications of new runs, and polls instead");
            sleep(RECONNECT_DELAY).await;
        }
    }

    async fn listen_once(
        &self,
        woken: &Notify,
        outage: &mut ReportedOutage,
    ) -> Result<std::convert::Infallible, sqlx::Error> {
        // A pool of one connection, because a listener takes its connection from a pool.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(ANSWER_TIMEOUT)
            .connect_lazy_with(self.address.options()?);
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        with_query_timeout(ANSWER_TIMEOUT, listener.listen(&self.channel)).await?;
        outage.log_recovery();
        // Notifications that were sent before this are lost, so one run may be ready.
        woken.notify_one();
        loop {
            match timeout(IDLE_BEFORE_TEST, listener.try_recv()).await {
                Ok(Ok(Some(notification))) if notification.payload() == self.process_name => {}
                Ok(Ok(Some(_))) => woken.notify_one(),
                Ok(Ok(None)) => return Err(io::Error::from(io::ErrorKind::ConnectionReset).into()),
                Ok(Err(error)) => return Err(error),
                Err(_) => with_query_timeout(ANSWER_TIMEOUT, sqlx::query("SELECT 1").execute(&mut listener))
                    .await
                    .map(drop)?,
            }
        }
    }
}
