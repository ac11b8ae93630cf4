//! The inbox in a SQLite file.

mod accept;
mod command;
mod connections;
mod create;
mod failure;
mod open;
mod operator_queries;
mod schema;
mod store;
mod tx;
mod values;
mod worker_queries;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use self::{
    connections::SqliteStore,
    open::{open_existing, open_or_create},
};
use super::{
    open::PreparedInbox,
    operator::Inbox,
    settings::{InboxSettings, impl_setters},
    shared::SharedInbox,
    thread::InboxThread,
};
use crate::error::{EndpointProblem, Error};

/// A handle to an inbox in a SQLite file, embedded into the program.
///
/// The file may be the application's own: the inbox's tables have names of their own, which begin
/// with `stripe_hooks_`. [`builder`](Self::builder) has the settings. A clone is the same inbox:
/// endpoints that get clones share its thread, its connections and its workers.
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
#[derive(Debug, Clone)]
#[must_use = "an inbox does nothing until an endpoint has it"]
pub struct SqliteInbox(PreparedInbox);

/// Configures a [`SqliteInbox`]; [`open`](Self::open) opens it.
#[derive(Debug)]
#[must_use = "a builder does nothing until it opens the inbox"]
pub struct SqliteInboxBuilder {
    path: PathBuf,
    settings: InboxSettings,
}

impl_setters!(SqliteInboxBuilder);

impl SqliteInbox {
    /// Opens the file, creates it if it is missing, and migrates the inbox's tables: short for
    /// `SqliteInbox::builder(path).open()`.
    ///
    /// # Errors
    /// When [`SqliteInboxBuilder::open`] fails.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder(path).open()
    }

    /// Starts to configure an inbox in this file.
    ///
    /// ```no_run
    /// # fn open() -> Result<stripe_hooks::SqliteInbox, stripe_hooks::Error> {
    /// # use stripe_hooks::SqliteInbox;
    /// let inbox = SqliteInbox::builder("stripe-events.db").workers(8).open()?;
    /// # Ok(inbox)
    /// # }
    /// ```
    pub fn builder(path: impl AsRef<Path>) -> SqliteInboxBuilder {
        SqliteInboxBuilder { path: path.as_ref().to_owned(), settings: InboxSettings::default() }
    }

    /// Returns a handle for operators, for a program that has no endpoint.
    #[must_use]
    pub fn operator(&self) -> Inbox {
        self.0.operator_handle()
    }
}

impl From<SqliteInbox> for PreparedInbox {
    fn from(inbox: SqliteInbox) -> Self {
        inbox.0
    }
}

impl SqliteInboxBuilder {
    /// Opens the file, creates it if it is missing, and migrates the inbox's tables.
    ///
    /// It blocks on the file, so call it where your program starts. It needs no runtime.
    ///
    /// # Errors
    /// When the file is damaged, or empty: it is then left as it is, and no new file replaces it.
    /// When a newer version of this crate has changed its tables, when the file cannot be read or
    /// written, and when a setting makes no sense.
    pub fn open(self) -> Result<SqliteInbox, Error> {
        self.open_with(open_or_create)
    }

    /// Opens the inbox that another program has created, as an operator's tool does. Creates no
    /// file and changes no table.
    ///
    /// # Errors
    /// When there is no file, or no inbox in it; when its tables are not of this version of the
    /// crate; and when it cannot be read.
    pub fn open_existing(self) -> Result<SqliteInbox, Error> {
        self.open_with(open_existing)
    }

    fn open_with<F>(self, open: impl FnOnce(PathBuf) -> F) -> Result<SqliteInbox, Error>
    where
        F: Future<Output = Result<SqliteStore, EndpointProblem>> + Send + 'static,
    {
        let Self { path, settings } = self;
        settings.check_workers()?;
        let place = path.display().to_string();
        let thread = InboxThread::start()?;
        let opened = thread.block_on(open(path));
        let store = opened.unwrap_or_else(|| {
            Err(EndpointProblem::Inbox(format!(
                "the inbox in `{place}` cannot be used: its thread has ended"
            )))
        })?;
        Ok(SqliteInbox(PreparedInbox(SharedInbox::new(thread, Arc::new(store), place, settings)?)))
    }
}
