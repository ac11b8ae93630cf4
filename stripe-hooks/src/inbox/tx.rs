//! The transaction of a handler: what it writes and the mark *done* are committed together.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{Database, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::turn::Turn;
use crate::{
    context::EventContext,
    extract::{Lend, Needs},
    outcome::{Outcome, Verdict},
    rejection::Rejection,
};

/// A transaction of the inbox's database, lent to one run of a handler: what the handler writes, and that the run is done, are one commit.
///
/// When the handler fails, panics, runs out of time, or rejects the event, and when its process dies or has lost the run's lease to another, nothing
/// of what it wrote stays. It dereferences to the database's connection. Savepoints are fine; do not end the transaction by SQL of your own,
/// because the attempt then fails, and what was committed stays.
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
pub struct InboxTx<DB> {
    // Dropped, and so rolled back, before its turn passes to the next.
    transaction: Box<dyn Open<DB> + Send + Sync>,
    turn: Arc<Turn>,
    _place: OwnedSemaphorePermit,
}

/// The transaction of a database. The bound on `DB` is on these methods: a bound on [`InboxTx`]
/// itself would be checked wherever the type is written, and a wrong database would give three
/// errors. This way there is one, where the type is used as an argument.
trait Open<DB> {
    fn transaction(&self) -> &Transaction<'static, DB>
    where
        DB: Database;

    fn transaction_mut(&mut self) -> &mut Transaction<'static, DB>
    where
        DB: Database;

    fn into_transaction(self: Box<Self>) -> Transaction<'static, DB>
    where
        DB: Database;
}

impl<DB: Database> Open<DB> for Transaction<'static, DB> {
    fn transaction(&self) -> &Self {
        self
    }

    fn transaction_mut(&mut self) -> &mut Self {
        self
    }

    fn into_transaction(self: Box<Self>) -> Self {
        *self
    }
}

/// A database that an inbox can be in.
#[diagnostic::on_unimplemented(
    message = "no inbox is in a database of type `{Self}`",
    label = "no database that an inbox can be in",
    note = "help: write `InboxTx<Sqlite>` or `InboxTx<Postgres>`, as the inbox is, with the type of `stripe_hooks::sqlx`"
)]
pub trait InboxDatabase: Database + Engine {}

/// What an engine does for a handler's transaction. Nothing outside of this crate can implement it.
pub trait Engine: Database<Connection: Sync> {
    /// As the documentation names it.
    #[doc(hidden)]
    const NAME: &'static str;

    /// Waits for a place and begins; `None` when the inbox is in another database.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "which keeps others from implementing it")]
    fn begin(
        turn: &Turn,
    ) -> impl Future<Output = Result<Option<(Transaction<'static, Self>, OwnedSemaphorePermit)>, sqlx::Error>> + Send;

    /// Marks the run done, with the answer that it gave, in the transaction that [`begin`](Self::begin) began.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "which keeps others from implementing it")]
    fn finish(
        transaction: &mut Transaction<'static, Self>,
        turn: &Turn,
        answer: Option<&str>,
    ) -> impl Future<Output = Result<Completion, sqlx::Error>> + Send;
}

/// The result of marking a run done in its handler's transaction.
#[derive(Debug)]
pub enum Completion {
    /// The run is done once the transaction is committed.
    Marked,
    /// Another attempt has the run by now, so nothing was marked.
    LeaseLost,
    /// The transaction ended while the handler ran, so nothing was marked.
    TransactionEnded,
}

/// The error of an attempt whose transaction ended before its handler did.
const TRANSACTION_ENDED: &str = "the handler's transaction ended before the handler did: an error of the database ended it, \
     or SQL of the handler's own (COMMIT, ROLLBACK); return such errors, and leave the end to the inbox";

impl<'cx, DB: InboxDatabase> Lend<'cx> for InboxTx<DB> {
    async fn lend(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        let turn = cx.turn.and_then(|turn| turn.downcast_ref::<Arc<Turn>>());
        let turn = turn.ok_or_else(|| Rejection::new("there is no inbox whose transaction it could be"))?;
        match DB::begin(turn).await.map_err(Rejection::new)? {
            Some((transaction, place)) => {
                Ok(Self { transaction: Box::new(transaction), turn: Arc::clone(turn), _place: place })
            }
            None => Err(Rejection::new(format!("the inbox is not in {}", <DB as Engine>::NAME))),
        }
    }

    async fn settle(self, outcome: Outcome) -> Outcome {
        // Its place is free once the transaction has ended.
        let Self { transaction, turn, _place } = self;
        let mut transaction = transaction.into_transaction();
        if !matches!(outcome.0, Verdict::Done | Verdict::Replied(_) | Verdict::Ignored(_)) {
            // One that cannot be rolled back is gone with its connection.
            let _ = transaction.rollback().await;
            return outcome;
        }
        let answer = match &outcome.0 {
            Verdict::Replied(reply) => Some(reply.to_text()),
            _ => None,
        };
        match DB::finish(&mut transaction, &turn, answer.as_deref()).await {
            Ok(Completion::Marked) => match transaction.commit().await {
                Ok(()) => {
                    turn.set_done();
                    outcome
                }
                Err(error) => Outcome::retry(error),
            },
            Ok(Completion::LeaseLost) => {
                let _ = transaction.rollback().await;
                Outcome::retry(
                    "its lease had passed to another attempt, so that nothing of what it wrote stays",
                )
            }
            Ok(Completion::TransactionEnded) => {
                let _ = transaction.rollback().await;
                Outcome::retry(TRANSACTION_ENDED)
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
        self.transaction.transaction()
    }
}

impl<DB: InboxDatabase> DerefMut for InboxTx<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.transaction.transaction_mut()
    }
}

impl<DB> fmt::Debug for InboxTx<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxTx").field("turn", &self.turn).finish_non_exhaustive()
    }
}
