//! The inbox on a PostgreSQL server, which any number of processes share.

mod accept;
mod connections;
mod line;
mod news;
mod operate;
mod schema;
mod store;
mod tx;
mod values;
mod work;

use std::{fmt, num::NonZeroU32, str::FromStr, sync::Arc};

use sqlx::postgres::PgConnectOptions;

use self::connections::PostgresStore;
use super::{
    open::PreparedInbox,
    operator::Inbox,
    settings::{Settings, setters},
    thread::Thread,
    version::check_version,
};
use crate::error::{Error, Problem};

/// The schema of the inbox's tables, unless set.
const SCHEMA: &str = "stripe_hooks";
/// Number of handlers' transactions at the same time, unless set.
const CONNECTIONS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// An inbox on a PostgreSQL server: any number of processes, on any number of machines, share its
/// work.
///
/// The database may be the application's own: the inbox has a schema of its own, `stripe_hooks`.
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
#[derive(Debug)]
#[must_use = "an inbox does nothing until an endpoint has it"]
pub struct PostgresInbox(pub(super) PreparedInbox, Access);

/// The address of the database, and the inbox's schema. The options hold the password, so they are
/// never printed.
struct Access {
    options: PgConnectOptions,
    schema: String,
}

setters!(PostgresInbox);

impl PostgresInbox {
    /// Connects to the database at this address, such as `postgres://user:password@host/database`,
    /// and migrates the inbox's tables.
    ///
    /// It blocks on the server, so call it where your program starts. It needs no runtime. The
    /// variables that `psql` reads (`PGHOST`, `PGPASSWORD` and so on) complete the address;
    /// `?sslmode=verify-full` requires a server that proves its name.
    ///
    /// # Errors
    /// When the address cannot be read, the server cannot be reached or refuses the connection, the
    /// tables cannot be created, or a newer version of this crate has changed them.
    pub fn connect(url: impl AsRef<str>) -> Result<Self, Error> {
        Self::connect_in(url, SCHEMA)
    }

    /// Does the same as [`connect`](Self::connect), with the inbox's tables in a schema of this
    /// name, which is created if it is missing. Inboxes in two schemas are independent of each
    /// other.
    ///
    /// # Errors
    /// When the name is not a simple one: at most 63 lower-case letters, digits and `_`, and no
    /// digit first. When [`connect`](Self::connect) fails.
    pub fn connect_in(url: impl AsRef<str>, schema: impl Into<String>) -> Result<Self, Error> {
        Self::prepare(url.as_ref(), schema.into(), Tables::BroughtUpToDate)
    }

    /// Connects to the inbox that another program has created, as an operator's tool does. Creates
    /// and changes no table.
    ///
    /// # Errors
    /// When there is no inbox, when its tables are not of this version of the crate, and when
    /// [`connect`](Self::connect) fails.
    pub fn connect_existing(url: impl AsRef<str>) -> Result<Self, Error> {
        Self::connect_existing_in(url, SCHEMA)
    }

    /// Does the same as [`connect_existing`](Self::connect_existing), with the inbox's tables in a
    /// schema of this name.
    ///
    /// # Errors
    /// When the name is not a simple one, and when [`connect_existing`](Self::connect_existing)
    /// fails.
    pub fn connect_existing_in(url: impl AsRef<str>, schema: impl Into<String>) -> Result<Self, Error> {
        Self::prepare(url.as_ref(), schema.into(), Tables::AsTheyAre)
    }

    /// Returns a handle for operators, for a program that has no endpoint.
    #[must_use]
    pub fn operator(&self) -> Inbox {
        self.0.operator()
    }

    fn prepare(url: &str, schema: String, tables: Tables) -> Result<Self, Error> {
        if !is_simple(&schema) {
            return Err(Problem::Inbox(format!(
                "`{schema}` cannot be the schema of an inbox; give it a name of lower-case letters, digits and `_`, such as `{SCHEMA}`"
            ))
            .into());
        }
        let options = read(url)?;
        let place = place(&options, &schema);
        let access = Access { options, schema };
        let thread = Thread::start()?;
        let store = access.store(&thread, CONNECTIONS);
        thread.wait_for(prepare(store.clone(), place.clone(), tables)).unwrap_or_else(|| {
            Err(Problem::Inbox(format!("the inbox in {place} cannot be used: its thread has ended")))
        })?;
        let prepared =
            PreparedInbox { thread: Arc::new(thread), store, place, settings: Settings::default() };
        Ok(Self(prepared, access))
    }

    /// Sets the number of handlers that may have a transaction ([`InboxTx`](crate::InboxTx)) at the
    /// same time, each with a connection: 10 unless set. The inbox has seven more connections for
    /// itself, so that deliveries never wait for a handler.
    pub fn connections(mut self, connections: NonZeroU32) -> Self {
        self.0.store = self.1.store(&self.0.thread, connections);
        self
    }
}

impl From<PostgresInbox> for PreparedInbox {
    fn from(inbox: PostgresInbox) -> Self {
        inbox.0
    }
}

impl Access {
    /// Prepares the connections. Each connects when it is first used.
    fn store(&self, thread: &Thread, connections: NonZeroU32) -> Arc<PostgresStore> {
        // The pool starts its housekeeping on the current runtime.
        let _entered = thread.handle().enter();
        Arc::new(PostgresStore::new(&self.options, &self.schema, connections))
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Access").field(&place(&self.options, &self.schema)).finish()
    }
}

/// The treatment of the tables when an inbox is opened.
#[derive(Debug, Clone, Copy)]
enum Tables {
    BroughtUpToDate,
    AsTheyAre,
}

/// Connects, and migrates the tables or only checks their version.
async fn prepare(store: Arc<PostgresStore>, place: String, tables: Tables) -> Result<(), Problem> {
    let schema = store.schema.clone();
    let asked = store.asking.ask(async move |connection| match tables {
        Tables::BroughtUpToDate => schema::migrate(connection, &schema).await.map(Some),
        Tables::AsTheyAre => schema::version(connection).await,
    });
    match asked.await {
        Ok(version) => check_version(&place, version, schema::known()),
        Err(error) => Err(Problem::Inbox(format!("the inbox in {place} cannot be used: {error}"))),
    }
}

/// Reads the address. Error messages leave the address out, because it may hold a password.
fn read(url: &str) -> Result<PgConnectOptions, Problem> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        let error = "the address of the inbox is not one of a PostgreSQL database; write `postgres://user:password@host/database`";
        return Err(Problem::Inbox(error.to_owned()));
    }
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Problem::Inbox(format!("the address of the inbox cannot be read: {error}")))?;
    Ok(match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("stripe-hooks"),
    })
}

/// The inbox's place in messages.
fn place(options: &PgConnectOptions, schema: &str) -> String {
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => options.get_host().to_owned(),
    };
    let database = options.get_database().unwrap_or(options.get_username());
    format!("`{schema}` of the database `{database}` at {host}:{}", options.get_port())
}

fn is_simple(schema: &str) -> bool {
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
    fn who_prints_an_inbox_sees_where_it_is_and_no_password() {
        let access =
            Access { options: read("postgres://ada:geheim@host/shop").unwrap(), schema: SCHEMA.into() };
        let thread = Arc::new(Thread::start().unwrap());
        let store = access.store(&thread, CONNECTIONS);
        let place = place(&access.options, SCHEMA);
        let inbox =
            PostgresInbox(PreparedInbox { thread, store, place, settings: Settings::default() }, access);
        let printed = format!("{inbox:?}");
        assert!(printed.contains("`shop` at host:5432") && !printed.contains("geheim"), "{printed}");
    }

    #[test]
    fn a_schema_has_a_simple_name() {
        for odd in ["", "Shop", "shop\"; DROP", "1shop", "pg_shop", "shöp", &"s".repeat(64)] {
            let error = PostgresInbox::connect_in("postgres://127.0.0.1:1/shop", odd).unwrap_err();
            assert!(error.to_string().contains("cannot be the schema of an inbox"), "{error}");
        }
        assert!(is_simple("stripe_hooks_2"));
    }

    #[test]
    fn a_server_that_cannot_be_reached_is_named_without_the_password() {
        let error = PostgresInbox::connect("postgres://ada:geheim@127.0.0.1:1/shop").unwrap_err().to_string();
        assert!(
            error.starts_with(
                "the inbox in `stripe_hooks` of the database `shop` at 127.0.0.1:1 cannot be used: "
            ) && !error.contains("geheim"),
            "{error}"
        );
    }
}
