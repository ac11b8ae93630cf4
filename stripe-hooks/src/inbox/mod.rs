#![doc = include_str!("../docs/inbox.md")]
//
// This file only lists the modules and the names that they export.
//
// Invariants:
// - An inbox gets a function that works on one run. It knows neither the endpoint nor the registry.
// - Only the inbox's own thread uses the database. Other threads send it requests and wait for the
//   answers. The exception is a handler's transaction, which the thread of its attempt uses.
// - A change of a run's state happens only if the run still has the state and the fence that the
//   change expects.
//
// An arrival goes from `open` to `accept`, which stores it through `store`. The `worker` claims its
// runs, an `attempt` works on each, and `completer` writes how the attempts end. Each
// endpoint has a worker of its own; `shared` has the parts that the endpoints of one inbox share.
#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(
        dead_code,
        unused_macros,
        unused_imports,
        reason = "without an engine there is no inbox to be opened"
    )
)]

mod accept;
mod action;
mod attempt;
#[cfg(test)]
mod clock_lint;
mod completer;
mod count_guard;
mod current_run;
mod duration;
mod event_key;
mod handler_groups;
mod in_flight;
mod leases;
mod loop_health;
mod names;
mod open;
mod operator;
mod outage;
mod phase;
#[cfg(feature = "postgres")]
mod postgres;
mod process;
mod random;
mod requeue;
mod rows;
mod run;
mod settings;
mod shared;
mod slots;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(test)]
mod state_words_test;
mod store;
mod sweep;
#[cfg(test)]
mod test_sources;
mod thread;
mod tx;
mod upkeep;
mod version;
mod worker;

#[cfg(feature = "postgres")]
pub use self::postgres::{PostgresInbox, PostgresInboxBuilder};
#[cfg(feature = "sqlite")]
pub use self::sqlite::{SqliteInbox, SqliteInboxBuilder};
pub(crate) use self::{
    attempt::{AttemptJob, AttemptResult, WorkFn},
    event_key::{EventKey, is_all_zero},
    handler_groups::Rule,
    open::OpenInbox,
    store::{Arrival, Lane, NewRun, RunStart, RunStatus},
    worker::InlineRun,
};
pub use self::{
    open::PreparedInbox,
    operator::Inbox,
    run::{Audit, Filter, HandlerStats, ParkReason, Run, RunDetails, RunResult, RunState, Stats},
    tx::{InboxDatabase, InboxTx},
};
