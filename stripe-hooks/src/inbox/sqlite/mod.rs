//! The inbox in a SQLite file.

mod accept;
mod command;
mod connections;
mod create;
mod failure;
mod open;
mod operate;
mod schema;
mod store;
mod tx;
mod values;
mod work;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use self::{
    connections::SqliteStore,
    open::{open, open_existing, quoted},
};
use super::{
    open::PreparedInbox,
    operator::Inbox,
    settings::{Settings, setters},
    thread::Thread,
};
use crate::error::{Error, Problem};

/// An inbox in a SQLite file, embedded into the program.
///
/// The file may be the application's own: the inbox's tables have names of their own, which begin
/// with `stripe_hooks_`.
///
/// ```no_run
/// use stripe_hooks::{Endpoint, SqliteInbox};
///
/// # fn build() -> Result<Endpoint, stripe_hooks::Error> {
/// let endpoint = Endpoint::builder()
///     .secret_from_env("STRIPE_WEBHOOK_SECRET")
///     .inbox(SqliteInbox::open("stripe-events.db")?)
///     .build()?;
/// # Ok(endpoint)
/// # }
/// ```
#[derive(Debug)]
#[must_use = "an inbox does nothing until an endpoint has it"]
pub struct SqliteInbox(pub(super) PreparedInbox);

setters!(SqliteInbox);

impl SqliteInbox {
    /// Opens the file, creates it if it is missing, and migrates the inbox's tables.
    ///
    /// It blocks on the file, so call it where your program starts. It needs no runtime.
    ///
    /// # Errors
    /// When the file is damaged, or empty: it is then left as it is, and no new file replaces it.
    /// When a newer version of this crate has changed its tables, and when the file cannot be read
    /// or written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::prepare(path.as_ref(), open)
    }

    /// Opens the inbox that another program has created, as an operator's tool does. Creates no
    /// file and changes no table.
    ///
    /// # Errors
    /// When there is no file, or no inbox in it; when its tables are not of this version of the
    /// crate; and when it cannot be read.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::prepare(path.as_ref(), open_existing)
    }

    /// Returns a handle for operators, for a program that has no endpoint.
    #[must_use]
    pub fn operator(&self) -> Inbox {
        self.0.operator()
    }

    fn prepare<F>(path: &Path, open: impl FnOnce(PathBuf) -> F) -> Result<Self, Error>
    where
        F: Future<Output = Result<SqliteStore, Problem>> + Send + 'static,
    {
        let place = quoted(path);
        let thread = Thread::start()?;
        let opened = thread.wait_for(open(path.to_owned()));
        let store = opened.unwrap_or_else(|| {
            Err(Problem::Inbox(format!("the inbox in {place} cannot be used: its thread has ended")))
        })?;
        Ok(Self(PreparedInbox {
            thread: Arc::new(thread),
            store: Arc::new(store),
            place,
            settings: Settings::default(),
        }))
    }
}

impl From<SqliteInbox> for PreparedInbox {
    fn from(inbox: SqliteInbox) -> Self {
        inbox.0
    }
}
