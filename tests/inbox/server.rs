//! A receiver of its own process, for tests to kill: handlers that book into a ledger, and die where they are told to.
//!
//! It is told by its environment: `DATABASE` (a file, or the address of a PostgreSQL database), `SECRET`, `DIE` (`before`, `within` or
//! `after`: where in the handler the process aborts), `LEASE_MS`, `ACCEPT_MS` and `GRACE_MS`. It prints the address where it listens.

use std::{env, io, process, time::Duration};

use actix_web::{App, HttpServer};
use stripe_hooks::{Endpoint, EndpointBuilder, PostgresInbox, SqliteInbox};

/// Where the handlers end the process.
#[derive(Clone)]
struct Die(String);

impl Die {
    /// Ends the process as a kill does: nothing is cleaned up.
    fn at(&self, point: &str) {
        if self.0 == point {
            process::abort();
        }
    }
}

/// The handlers, with the transactions of one engine.
macro_rules! handlers {
    ($Engine:ident) => {
        use std::time::Duration;

        use stripe_hooks::{
            EventId, InboxTx, State, on_event,
            sqlx::{self, $Engine},
        };

        use super::Die;

        pub(super) struct Handlers;

        #[on_event("charge.succeeded", name = "book", retries = 50, backoff = "1ms", timeout = "20s", endpoint = Handlers)]
        async fn book(id: EventId, State(die): State<Die>, tx: &mut InboxTx<$Engine>) -> Result<(), sqlx::Error> {
            die.at("before");
            sqlx::query("INSERT INTO ledger (event) VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
            die.at("within");
            Ok(())
        }

        /// Books, and takes its time.
        #[on_event("charge.refunded", name = "book_slowly", retries = 50, backoff = "1ms", timeout = "20s", endpoint = Handlers)]
        async fn book_slowly(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<(), sqlx::Error> {
            sqlx::query("INSERT INTO ledger (event) VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
            println!("booked {id}");
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            println!("ended {id}");
            Ok(())
        }

        /// Books without a transaction: at least once.
        #[on_event("charge.captured", name = "note", retries = 2, backoff = "1ms", endpoint = Handlers)]
        async fn note(id: EventId, State(die): State<Die>) {
            println!("noted {id}");
            die.at("after");
        }

        #[on_event("charge.updated", name = "last", backoff = "1ms", endpoint = Handlers)]
        async fn last(id: EventId) {
            println!("begun {id}");
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            println!("ended {id}");
        }
    };
}

mod sqlite {
    handlers!(Sqlite);
}

mod postgres {
    handlers!(Postgres);
}

fn milliseconds(variable: &str, unless_set: u64) -> Duration {
    let given = env::var(variable).ok().and_then(|text| text.parse().ok());
    Duration::from_millis(given.unwrap_or(unless_set))
}

/// The builder with the inbox that the environment names, and the handlers that go with it.
fn builder() -> io::Result<EndpointBuilder> {
    let database = env::var("DATABASE").unwrap_or_default();
    let (lease, poll) = (milliseconds("LEASE_MS", 1_000), Duration::from_millis(50));
    let accept = milliseconds("ACCEPT_MS", 8_000);
    Ok(if database.starts_with("postgres:") {
        let inbox = PostgresInbox::connect(database)?.lease(lease).poll_interval(poll).accept_timeout(accept);
        Endpoint::builder().name::<postgres::Handlers>().inbox(inbox)
    } else {
        let inbox = SqliteInbox::open(database)?.lease(lease).poll_interval(poll).accept_timeout(accept);
        Endpoint::builder().name::<sqlite::Handlers>().inbox(inbox)
    })
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let endpoint =
        builder()?.secret_from_env("SECRET").state(Die(env::var("DIE").unwrap_or_default())).build()?;
    let serving = endpoint.clone();
    let server = HttpServer::new(move || App::new().service(serving.service("/webhook")))
        .workers(2)
        .shutdown_timeout(5)
        .bind(("127.0.0.1", 0))?;
    for address in server.addrs() {
        println!("listening {address}");
    }
    server.run().await?;
    endpoint.shutdown(milliseconds("GRACE_MS", 10_000)).await?;
    println!("stopped");
    Ok(())
}
