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
    access::Access,
    line::{Line, within},
};
use crate::inbox::{outage::Outage, random};

/// Time limit for an answer.
const LIMIT: Duration = Duration::from_secs(5);
/// Delay before a failed connection is retried.
const PAUSE: Duration = Duration::from_secs(1);
/// Time without a notification after which the connection is tested.
const SILENCE: Duration = Duration::from_secs(20);
/// Time for which new runs are gathered into one notification: the database sends notifications one
/// at a time, each to all listeners.
const BREATH: Duration = Duration::from_millis(20);

pub(super) struct News {
    access: Access,
    channel: String,
    /// The name by which a process recognises its own notifications.
    own: String,
    new: Notify,
}

impl News {
    pub(super) fn new(access: &Access, schema: &str) -> Self {
        let own = format!("{:016x}", random::bits());
        Self { access: access.clone(), channel: schema.to_owned(), own, new: Notify::new() }
    }

    /// Records that there is a new run.
    pub(super) fn add(&self) {
        self.new.notify_one();
    }

    /// Notifies other processes of new runs, for as long as it is polled.
    pub(super) async fn tell(&self, line: &Line) {
        loop {
            self.new.notified().await;
            // A process that misses the notification finds the run when it polls.
            let _ = line.ask(async |connection| self.tell_now(connection).await).await;
            sleep(BREATH).await;
        }
    }

    /// Notifies other processes once this connection's transaction is committed.
    pub(super) async fn tell_now(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let told = sqlx::query("SELECT pg_notify($1, $2)").bind(&self.channel).bind(&self.own);
        told.execute(connection).await.map(drop)
    }

    /// Wakes the workers at each notification of another process, for as long as it is polled.
    pub(super) async fn hear(&self, woken: &Notify) {
        let mut outage = Outage::default();
        loop {
            let Err(error) = self.listen(woken, &mut outage).await;
            outage.tell(&error, "cannot hear of new runs at once, and looks for them from time to time");
            sleep(PAUSE).await;
        }
    }

    async fn listen(
        &self,
        woken: &Notify,
        outage: &mut Outage,
    ) -> Result<std::convert::Infallible, sqlx::Error> {
        // A pool of one connection, because a listener takes its connection from a pool.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(LIMIT)
            .connect_lazy_with(self.access.options()?);
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        within(LIMIT, listener.listen(&self.channel)).await?;
        outage.is_over();
        // Notifications that were sent before this are lost, so one run may be ready.
        woken.notify_one();
        loop {
            match timeout(SILENCE, listener.try_recv()).await {
                Ok(Ok(Some(told))) if told.payload() == self.own => {}
                Ok(Ok(Some(_))) => woken.notify_one(),
                Ok(Ok(None)) => return Err(io::Error::from(io::ErrorKind::ConnectionReset).into()),
                Ok(Err(error)) => return Err(error),
                Err(_) => within(LIMIT, sqlx::query("SELECT 1").execute(&mut listener)).await.map(drop)?,
            }
        }
    }
}
