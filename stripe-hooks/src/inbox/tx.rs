//! The transaction of a handler: what it writes and the mark *done* are committed together.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use sqlx::{Database, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::store::Store;
use crate::{
    extract::{EventContext, Lend, Needs, Rejection},
    outcome::{Outcome, Verdict},
};

/// The run that a handler works on, as its transaction needs it.
pub(crate) struct Turn {
    pub(super) run: i64,
    pub(super) fence: i64,
    pub(super) store: Arc<dyn Store>,
    /// How long the attempt lasts at most, for a server that has to notice by itself that it is over.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "a file's transaction ends with its process")
    )]
    pub(super) limit: Duration,
    done: AtomicBool,
}

impl Turn {
    pub(super) fn new(run: i64, fence: i64, store: Arc<dyn Store>, limit: Duration) -> Self {
        Self { run, fence, store, limit, done: AtomicBool::new(false) }
    }

    /// Whether the run was marked done in the handler's own transaction.
    pub(super) fn is_done(&self) -> bool {
        self.done.load(Relaxed)
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("run", &self.run).field("fence", &self.fence).finish_non_exhaustive()
    }
}

/// A transaction of the inbox's database, lent to one run of a handler: what the handler writes, and that the run is done, are one commit.
///
/// When the handler fails, panics, runs out of time, or rejects the event, and when its process dies or has lost the run's lease to another, nothing
/// of what it wrote stays. It dereferences to the database's connection. Do not end it by SQL of your own.
///
/// ```
/// use stripe_hooks::{InboxTx, objects::PaymentIntent, on_event, sqlx::{self, Sqlite}};
///
/// #[on_event("payment_intent.succeeded")]
/// async fn book(intent: PaymentIntent, tx: &mut InboxTx<Sqlite>) -> Result<(), sqlx::Error> {
///     sqlx::query("INSERT INTO ledger (payment, amount) VALUES (?, ?)")
///         .bind(intent.id.as_str())
///         .bind(intent.amount)
///         .execute(&mut **tx)
///         .await?;
///     Ok(())
/// }
/// ```
///
/// With an inbox on PostgreSQL it is an `InboxTx<Postgres>`, and a parameter is written `$1`.
///
/// Keep it short: SQLite has one writer, so that deliveries and all other runs wait for it, and PostgreSQL has as many places as the inbox has
/// [`connections`](crate::PostgresInbox::connections). Calls to other services belong into a handler without it.
pub struct InboxTx<DB: InboxDatabase> {
    // Dropped, and so rolled back, before its turn passes to the next.
    transaction: Transaction<'static, DB>,
    turn: Arc<Turn>,
    _place: OwnedSemaphorePermit,
}

/// A database that an inbox can be in.
#[diagnostic::on_unimplemented(
    message = "no inbox is in a database of type `{Self}`",
    note = "help: write `InboxTx<Sqlite>` or `InboxTx<Postgres>`, as the inbox is, with the type of `stripe_hooks::sqlx`"
)]
pub trait InboxDatabase: Database + Engine {}

/// What an engine does for a handler's transaction. Nothing outside of this crate can implement it.
pub trait Engine: Database {
    /// As the documentation names it.
    #[doc(hidden)]
    const NAME: &'static str;

    /// Waits for a place and begins; `None` when the inbox is in another database.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "which keeps others from implementing it")]
    fn begin(
        turn: &Turn,
    ) -> impl Future<Output = Result<Option<(Transaction<'static, Self>, OwnedSemaphorePermit)>, sqlx::Error>> + Send;

    /// Marks the run done, with the answer that it gave, if its fence still holds; says whether it did.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "which keeps others from implementing it")]
    fn finish(
        transaction: &mut Transaction<'static, Self>,
        turn: &Turn,
        answer: Option<&str>,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;
}

impl<'cx, DB: InboxDatabase> Lend<'cx> for InboxTx<DB> {
    async fn lend(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        let turn =
            cx.turn.ok_or_else(|| Rejection::new("there is no inbox whose transaction it could be"))?;
        match DB::begin(turn).await.map_err(Rejection::new)? {
            Some((transaction, place)) => Ok(Self { transaction, turn: Arc::clone(turn), _place: place }),
            None => Err(Rejection::new(format!("the inbox is not in {}", <DB as Engine>::NAME))),
        }
    }

    async fn settle(mut self, outcome: Outcome) -> Outcome {
        if !matches!(outcome.0, Verdict::Done | Verdict::Replied(_) | Verdict::Ignored(_)) {
            // One that cannot be rolled back is gone with its connection.
            let _ = self.transaction.rollback().await;
            return outcome;
        }
        let answer = match &outcome.0 {
            Verdict::Replied(reply) => Some(reply.to_text()),
            _ => None,
        };
        match DB::finish(&mut self.transaction, &self.turn, answer.as_deref()).await {
            Ok(true) => match self.transaction.commit().await {
                Ok(()) => {
                    self.turn.done.store(true, Relaxed);
                    outcome
                }
                Err(error) => Outcome::retry(error),
            },
            Ok(false) => {
                let _ = self.transaction.rollback().await;
                Outcome::retry(
                    "its lease had passed to another attempt, so that nothing of what it wrote stays",
                )
            }
            Err(error) => Outcome::retry(error),
        }
    }

    fn needs(needs: &mut Needs) {
        needs.database(<DB as Engine>::NAME);
    }
}

impl<DB: InboxDatabase> Deref for InboxTx<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &Self::Target {
        &self.transaction
    }
}

impl<DB: InboxDatabase> DerefMut for InboxTx<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.transaction
    }
}

impl<DB: InboxDatabase> fmt::Debug for InboxTx<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxTx").field("turn", &self.turn).finish_non_exhaustive()
    }
}
