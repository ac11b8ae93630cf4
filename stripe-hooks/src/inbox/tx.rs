//! The transaction of a handler. It commits the handler's writes and the state *done* of the run
//! together.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{Database, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::{current_run::CurrentRun, run::RunResult};
use crate::{
    context::EventContext,
    extract::{Lend, Needs},
    outcome::{Outcome, OutcomeKind},
    rejection::Rejection,
};

/// A transaction of the inbox's database, lent to one run of a handler. One commit stores the
/// handler's writes and marks the run done.
///
/// Nothing that the handler wrote is kept if the handler fails, panics, times out or parks the run,
/// if its process dies, or if another attempt has taken the run's lease. The transaction
/// dereferences to the database's connection. Savepoints are fine, except that
/// `stripe_hooks_run` on SQLite is the inbox's own. Do not end the transaction with SQL of your own:
/// the attempt then fails, but the writes that your SQL committed stay.
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
/// With an inbox on PostgreSQL, the type is `InboxTx<Postgres>`, and a parameter is written `$1`.
///
/// Keep the transaction short. SQLite has one writer, so deliveries and all other runs wait for it.
/// PostgreSQL runs as many of these transactions at once as the inbox has
/// [`connections`](crate::PostgresInboxBuilder::connections). Call other services from a handler that has
/// no transaction.
pub struct InboxTx<DB> {
    // The first field, because fields drop in order: the transaction is rolled back before the
    // permit passes to the next run.
    transaction: Box<dyn OpenTransaction<DB> + Send + Sync>,
    current_run: Arc<CurrentRun>,
    _permit: OwnedSemaphorePermit,
}

/// The transaction of a database. The bound on `DB` is on these methods. The compiler would check a
/// bound on [`InboxTx`] itself wherever the type is written, and report three errors for a wrong
/// database. With the bound here, it reports one error, at the use of the type as an argument.
trait OpenTransaction<DB> {
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

impl<DB: Database> OpenTransaction<DB> for Transaction<'static, DB> {
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

/// A database that can hold an inbox.
#[diagnostic::on_unimplemented(
    message = "no inbox is in a database of type `{Self}`",
    label = "no database that an inbox can be in",
    note = "help: write `InboxTx<Sqlite>` or `InboxTx<Postgres>`, as the inbox is, with the type of `stripe_hooks::sqlx`"
)]
pub trait InboxDatabase: Database + Engine {}

/// The operations of an engine on a handler's transaction. No type outside of this crate can
/// implement this trait.
pub trait Engine: Database<Connection: Sync> {
    /// Name of the database in the documentation.
    #[doc(hidden)]
    const NAME: &'static str;

    /// Waits for a permit and begins a transaction. Returns `None` if the inbox is in another
    /// database.
    #[doc(hidden)]
    #[expect(
        private_interfaces,
        reason = "a private type in the signature keeps other crates from implementing the trait"
    )]
    fn begin_for_run(
        current_run: &CurrentRun,
    ) -> impl Future<Output = Result<Option<(Transaction<'static, Self>, OwnedSemaphorePermit)>, sqlx::Error>> + Send;

    /// Marks the run done, and stores its result and its reply, in the transaction that
    /// [`begin_for_run`](Self::begin_for_run) began.
    #[doc(hidden)]
    #[expect(
        private_interfaces,
        reason = "a private type in the signature keeps other crates from implementing the trait"
    )]
    fn mark_run_done(
        transaction: &mut Transaction<'static, Self>,
        current_run: &CurrentRun,
        ended: &EndedWell,
    ) -> impl Future<Output = Result<MarkResult, sqlx::Error>> + Send;
}

/// The end of a run whose transaction is to be committed.
#[derive(Debug)]
pub struct EndedWell {
    pub(super) result: RunResult,
    pub(super) reply: Option<String>,
}

/// The result of marking a run done in its handler's transaction.
#[derive(Debug)]
pub enum MarkResult {
    /// The run is marked. It is done once the transaction is committed.
    Marked,
    /// Another attempt has taken the run's lease, so nothing was marked.
    LeaseLost,
    /// The transaction ended while the handler ran, so nothing was marked.
    TransactionEnded,
}

/// The error of an attempt whose transaction ended before its handler did.
const TRANSACTION_ENDED_ERROR: &str = "the handler's transaction ended before the handler did: an error of the database ended it, \
     or SQL of the handler's own (COMMIT, ROLLBACK); return such errors, and leave the end to the inbox";

impl<'cx, DB: InboxDatabase> Lend<'cx> for InboxTx<DB> {
    async fn lend(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        let current_run =
            cx.current_run.and_then(|current_run| current_run.downcast_ref::<Arc<CurrentRun>>());
        let current_run = current_run
            .ok_or_else(|| Rejection::new("the endpoint has no inbox, so it has no transaction to lend"))?;
        match DB::begin_for_run(current_run).await.map_err(Rejection::new)? {
            Some((transaction, permit)) => Ok(Self {
                transaction: Box::new(transaction),
                current_run: Arc::clone(current_run),
                _permit: permit,
            }),
            None => Err(Rejection::new(format!("the inbox is not in {}", <DB as Engine>::NAME))),
        }
    }

    async fn finish(self, outcome: Outcome) -> Outcome {
        // The permit is released once the transaction has ended.
        let Self { transaction, current_run, _permit } = self;
        let mut transaction = transaction.into_transaction();
        let ended = match &outcome.0 {
            OutcomeKind::Done => EndedWell { result: RunResult::Handled, reply: None },
            OutcomeKind::Replied(reply) => {
                EndedWell { result: RunResult::Handled, reply: Some(reply.to_text()) }
            }
            OutcomeKind::Ignored(_) => EndedWell { result: RunResult::Ignored, reply: None },
            _ => {
                // A transaction that cannot be rolled back is lost with its connection.
                let _ = transaction.rollback().await;
                return outcome;
            }
        };
        match DB::mark_run_done(&mut transaction, &current_run, &ended).await {
            Ok(MarkResult::Marked) => match transaction.commit().await {
                Ok(()) => {
                    current_run.mark_done();
                    outcome
                }
                Err(error) => Outcome::retry(error),
            },
            Ok(MarkResult::LeaseLost) => {
                let _ = transaction.rollback().await;
                Outcome::retry(
                    "another attempt has taken the run's lease, so the transaction was rolled back",
                )
            }
            Ok(MarkResult::TransactionEnded) => {
                let _ = transaction.rollback().await;
                Outcome::retry(TRANSACTION_ENDED_ERROR)
            }
            Err(error) => Outcome::retry(error),
        }
    }

    fn needs(needs: &mut Needs) {
        needs.add_database(<DB as Engine>::NAME);
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
        f.debug_struct("InboxTx").field("current_run", &self.current_run).finish_non_exhaustive()
    }
}
