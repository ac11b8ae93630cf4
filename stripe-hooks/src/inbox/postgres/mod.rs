//! The inbox on a PostgreSQL server, which any number of processes share.

mod accept;
mod address;
mod connections;
mod dedicated_connection;
mod handler_pool;
mod notifier;
mod operator_queries;
mod schema;
mod store;
mod tx;
mod values;
mod worker_queries;

use std::{fmt, num::NonZeroU32, sync::Arc};

use sqlx::postgres::PgConnectOptions;

use self::{address::DatabaseAddress, connections::PostgresStore};
use super::{
    open::PreparedInbox,
    operator::Inbox,
    settings::{InboxSettings, impl_setters},
    shared::SharedInbox,
    thread::InboxThread,
    version::check_version,
};
use crate::error::{EndpointProblem, Error};

/// The schema of the inbox's tables, unless set.
const DEFAULT_SCHEMA: &str = "stripe_hooks";
/// Number of handlers' transactions at the same time, unless set.
const DEFAULT_CONNECTIONS: u32 = 10;

/// A handle to an inbox on a PostgreSQL server: any number of processes, on any number of machines,
/// share its work.
///
/// The database may be the application's own: the inbox has a schema of its own, `stripe_hooks`.
/// [`builder`](Self::builder) has the settings. A clone is the same inbox: endpoints that get
/// clones share its thread, its connections and its workers.
///
/// ```no_run
/// use stripe_hooks::{Endpoint, PostgresInbox};
///
/// # fn build(url: &str) -> Result<Endpoint, stripe_hooks::Error> {
/// let endpoint = Endpoint::builder()
///     .secret_from_env("STRIPE_WEBHOOK_SECRET")
///     .inbox(PostgresInbox::connect(url)?)
///     .build()?;
/// # Ok(endpoint)
/// # }
/// ```
#[derive(Clone)]
#[must_use = "an inbox does nothing until an endpoint has it"]
pub struct PostgresInbox(PreparedInbox);

/// Configures a [`PostgresInbox`]; [`open`](Self::open) connects to it.
#[must_use = "a builder does nothing until it opens the inbox"]
pub struct PostgresInboxBuilder {
    source: Source,
    schema: String,
    connections: u32,
    settings: InboxSettings,
}

/// Source of the connection options. It holds the password, so it is never printed.
enum Source {
    Url(String),
    Function(Arc<dyn Fn() -> PgConnectOptions + Send + Sync>),
}

impl_setters!(PostgresInboxBuilder);

impl PostgresInbox {
    /// Connects to the database at this address, such as `postgres://user:password@host/database`,
    /// and migrates the inbox's tables: short for `PostgresInbox::builder(url).open()`.
    ///
    /// # Errors
    /// When [`PostgresInboxBuilder::open`] fails.
    pub fn connect(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).open()
    }

    /// Starts to configure an inbox in the database at this address, such as
    /// `postgres://user:password@host/database`.
    ///
    /// The variables that `psql` reads (`PGHOST`, `PGPASSWORD` and so on) complete the address;
    /// `?sslmode=verify-full` requires a server that proves its name.
    ///
    /// ```no_run
    /// # fn open(url: &str) -> Result<stripe_hooks::PostgresInbox, stripe_hooks::Error> {
    /// # use stripe_hooks::PostgresInbox;
    /// let inbox = PostgresInbox::builder(url).schema("shop_hooks").workers(8).open()?;
    /// # Ok(inbox)
    /// # }
    /// ```
    pub fn builder(url: impl Into<String>) -> PostgresInboxBuilder {
        PostgresInboxBuilder::new(Source::Url(url.into()))
    }

    /// Starts to configure an inbox whose connection options come from a function, for credentials
    /// that change while the program runs: tokens of a cloud's identity service, or passwords that
    /// a vault leases.
    ///
    /// The inbox calls the function on its own thread: before it makes a connection for itself, and
    /// before each transaction of a handler. All of its work waits for the call, so let the function
    /// return options that another task keeps up to date, and no request to a network. A function
    /// that panics counts as an outage of the database: the inbox logs it and tries again. The
    /// database itself must always be the same.
    ///
    /// ```no_run
    /// use std::sync::{Arc, Mutex};
    /// use stripe_hooks::{PostgresInbox, sqlx::postgres::PgConnectOptions};
    ///
    /// # fn open() -> Result<PostgresInbox, stripe_hooks::Error> {
    /// // Another task replaces the token before it expires.
    /// let token = Arc::new(Mutex::new("the first token".to_owned()));
    /// let current = Arc::clone(&token);
    /// let inbox = PostgresInbox::builder_with(move || {
    ///     let token = current.lock().map(|token| token.clone()).unwrap_or_default();
    ///     PgConnectOptions::new().host("db.internal").username("shop").database("shop").password(&token)
    /// })
    /// .open()?;
    /// # Ok(inbox)
    /// # }
    /// ```
    pub fn builder_with(
        options: impl Fn() -> PgConnectOptions + Send + Sync + 'static,
    ) -> PostgresInboxBuilder {
        PostgresInboxBuilder::new(Source::Function(Arc::new(options)))
    }

    /// Returns a handle for operators, for a program that has no endpoint.
    #[must_use]
    pub fn operator(&self) -> Inbox {
        self.0.operator_handle()
    }
}

impl From<PostgresInbox> for PreparedInbox {
    fn from(inbox: PostgresInbox) -> Self {
        inbox.0
    }
}

impl fmt::Debug for PostgresInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresInbox").field(&self.0).finish()
    }
}

impl PostgresInboxBuilder {
    fn new(source: Source) -> Self {
        let schema = DEFAULT_SCHEMA.to_owned();
        Self { source, schema, connections: DEFAULT_CONNECTIONS, settings: InboxSettings::default() }
    }

    /// Sets the schema of the inbox's tables, which is created if it is missing: `stripe_hooks`
    /// unless set. Inboxes in two schemas are independent of each other.
    ///
    /// The name has at most 63 lower-case letters, digits and `_`, and no digit first.
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = schema.into();
        self
    }

    /// Sets the number of handlers that may have a transaction ([`InboxTx`](crate::InboxTx)) at the
    /// same time, each with a connection: 10 unless set. The inbox has eight more connections for
    /// itself, so that deliveries never wait for a handler.
    pub fn connections(mut self, connections: u32) -> Self {
        self.connections = connections;
        self
    }

    /// Connects to the database, and migrates the inbox's tables.
    ///
    /// It blocks on the server, so call it where your program starts. It needs no runtime.
    ///
    /// # Errors
    /// When the address cannot be read, the server cannot be reached or refuses the connection, the
    /// tables cannot be created, a newer version of this crate has changed them, or a setting makes
    /// no sense.
    pub fn open(self) -> Result<PostgresInbox, Error> {
        self.open_with(TableSetup::Migrate)
    }

    /// Connects to the inbox that another program has created, as an operator's tool does. Creates
    /// and changes no table.
    ///
    /// # Errors
    /// When there is no inbox, when its tables are not of this version of the crate, and when
    /// [`open`](Self::open) fails.
    pub fn open_existing(self) -> Result<PostgresInbox, Error> {
        self.open_with(TableSetup::CheckVersion)
    }

    fn open_with(self, tables: TableSetup) -> Result<PostgresInbox, Error> {
        let Self { source, schema, connections, settings } = self;
        settings.check_workers()?;
        if !is_plain_identifier(&schema) {
            return Err(EndpointProblem::Inbox(format!(
                "`{schema}` cannot be the schema of an inbox; give it a name of lower-case letters, digits and `_`, such as `{DEFAULT_SCHEMA}`"
            ))
            .into());
        }
        let connections = NonZeroU32::new(connections).ok_or_else(|| {
            EndpointProblem::Inbox(
                "the inbox has no connections for handlers' transactions; give `connections` at least 1"
                    .to_owned(),
            )
        })?;
        let address = match source {
            Source::Url(url) => DatabaseAddress::from_url(&url)?,
            Source::Function(options) => DatabaseAddress::Current(options),
        };
        let thread = InboxThread::start()?;
        let opened = thread.block_on(open(address, schema, connections, tables));
        let (store, place) = opened.unwrap_or_else(|| {
            Err(EndpointProblem::Inbox("the inbox cannot be used: its thread has ended".to_owned()))
        })?;
        Ok(PostgresInbox(PreparedInbox(SharedInbox::new(thread, Arc::new(store), place, settings)?)))
    }
}

impl fmt::Debug for PostgresInboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut builder = f.debug_struct("PostgresInboxBuilder");
        builder.field("schema", &self.schema).field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The treatment of the tables when an inbox is opened.
#[derive(Debug, Clone, Copy)]
enum TableSetup {
    Migrate,
    CheckVersion,
}

/// Connects, and migrates the tables or only checks their version. Returns the store and its place
/// in messages.
async fn open(
    address: DatabaseAddress,
    schema: String,
    connections: NonZeroU32,
    tables: TableSetup,
) -> Result<(PostgresStore, String), EndpointProblem> {
    let options = address
        .options()
        .map_err(|error| EndpointProblem::Inbox(format!("the inbox cannot be opened: {error}")))?;
    let place = describe_location(&options, &schema);
    let store = PostgresStore::new(&address, options, &schema, connections);
    let version = store.operators_connection.query(async |connection| match tables {
        TableSetup::Migrate => schema::migrate(connection, &schema).await.map(Some),
        TableSetup::CheckVersion => schema::read_version(connection).await,
    });
    match version.await {
        Ok(version) => check_version(&place, version, schema::known_version())?,
        Err(error) => {
            return Err(EndpointProblem::Inbox(format!("the inbox in `{place}` cannot be used: {error}")));
        }
    }
    Ok((store, place))
}

/// The inbox's place in messages.
fn describe_location(options: &PgConnectOptions, schema: &str) -> String {
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => options.get_host().to_owned(),
    };
    let database = options.get_database().unwrap_or(options.get_username());
    format!("{host}:{}/{database}, schema {schema}", options.get_port())
}

fn is_plain_identifier(schema: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    schema.len() <= 63
        && schema.bytes().all(is_word)
        && schema.bytes().next().is_some_and(|first| !first.is_ascii_digit())
        && !schema.starts_with("pg_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_an_address_is_said_without_the_address() {
        for url in ["mysql://ada:geheim@host/shop", "postgres://ada:geheim@host:geheim/shop", "geheim", ""] {
            let error = PostgresInbox::connect(url).unwrap_err();
            assert!(error.is_inbox());
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
    }

    #[test]
    fn a_printed_builder_shows_no_password_and_neither_does_the_place_of_an_inbox() {
        let builder = PostgresInbox::builder("postgres://ada:geheim@host/shop");
        let printed = format!("{builder:?}");
        assert!(printed.contains("stripe_hooks") && !printed.contains("geheim"), "{printed}");
        let address = DatabaseAddress::from_url("postgres://ada:geheim@host/shop").unwrap();
        assert_eq!(
            describe_location(&address.options().unwrap(), DEFAULT_SCHEMA),
            "host:5432/shop, schema stripe_hooks"
        );
    }

    #[test]
    fn settings_with_which_nothing_would_work_are_refused() {
        let builder = || PostgresInbox::builder("postgres://127.0.0.1:1/shop");
        let error = builder().workers(0).open().unwrap_err().to_string();
        assert!(error.starts_with("the inbox has no workers"), "{error}");
        let error = builder().connections(0).open().unwrap_err().to_string();
        assert!(error.ends_with("give `connections` at least 1"), "{error}");
        let error = PostgresInbox::builder_with(|| panic!("no token")).open().unwrap_err().to_string();
        assert!(error.ends_with("the function with the inbox's connection options panicked"), "{error}");
    }

    #[test]
    fn a_schema_has_a_simple_name() {
        for odd in ["", "Shop", "shop\"; DROP", "1shop", "pg_shop", "shöp", &"s".repeat(64)] {
            let error = PostgresInbox::builder("postgres://127.0.0.1:1/shop").schema(odd).open().unwrap_err();
            assert!(error.to_string().contains("cannot be the schema of an inbox"), "{error}");
        }
        assert!(is_plain_identifier("stripe_hooks_2"));
    }

    #[test]
    fn a_server_that_cannot_be_reached_is_named_without_the_password() {
        let error = PostgresInbox::connect("postgres://ada:geheim@127.0.0.1:1/shop").unwrap_err().to_string();
        assert!(
            error.starts_with("the inbox in `127.0.0.1:1/shop, schema stripe_hooks` cannot be used: ")
                && !error.contains("geheim"),
            "{error}"
        );
    }
}
