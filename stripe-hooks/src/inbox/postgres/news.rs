//! What processes tell each other: that there is something to claim. Nothing depends on it, because each looks from time to time.

use std::{io, time::Duration};

use sqlx::{
    PgConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use super::line::{Line, within};
use crate::inbox::outage::Outage;

/// How long to wait for an answer.
const LIMIT: Duration = Duration::from_secs(5);
/// How long to wait before the next try.
const PAUSE: Duration = Duration::from_secs(1);
/// After how much silence to ask whether the database is still there.
const SILENCE: Duration = Duration::from_secs(20);
/// How long what is told is gathered: the database sends one word at a time, to all of its listeners.
const BREATH: Duration = Duration::from_millis(20);

pub(super) struct News {
    options: PgConnectOptions,
    channel: String,
    /// The name by which a process knows what it has told itself.
    own: String,
    new: Notify,
}

impl News {
    pub(super) fn new(options: &PgConnectOptions, schema: &str) -> Self {
        let own = format!("{:016x}", random());
        Self { options: options.clone(), channel: schema.to_owned(), own, new: Notify::new() }
    }

    /// There is something to tell.
    pub(super) fn add(&self) {
        self.new.notify_one();
    }

    /// Tells others what is new, for as long as it is polled.
    pub(super) async fn tell(&self, line: &Line) {
        loop {
            self.new.notified().await;
            // Whoever does not hear of it looks by himself.
            let _ = line.ask(async |connection| self.tell_now(connection).await).await;
            sleep(BREATH).await;
        }
    }

    /// Tells it when the transaction of this connection has been committed.
    pub(super) async fn tell_now(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let told = sqlx::query("SELECT pg_notify($1, $2)").bind(&self.channel).bind(&self.own);
        told.execute(connection).await.map(drop)
    }

    /// Wakes whenever another has told something, for as long as it is polled.
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
        // A pool for one connection, because a listener takes it from one.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(LIMIT)
            .connect_lazy_with(self.options.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        within(LIMIT, listener.listen(&self.channel)).await?;
        outage.is_over();
        // What was told while nobody listened is not told again.
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

/// A number that no other process has.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}
