//! A receiver of its own process, for tests to kill: handlers that book into a ledger, and die where they are told to.
//!
//! It is told by its environment: `FILE`, `SECRET`, `DIE` (`before`, `within` or `after`: where in the handler the process aborts), `LEASE_MS`
//! and `GRACE_MS`. It prints the address where it listens.

use std::{env, io, path::PathBuf, process, time::Duration};

use actix_web::{App, HttpServer};
use stripe_hooks::{
    Endpoint, EventId, InboxTx, SqliteInbox, State, on_event,
    sqlx::{self, Sqlite},
};

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

#[on_event("charge.succeeded", name = "book", retries = 50, backoff = "1ms", timeout = "20s")]
async fn book(id: EventId, State(die): State<Die>, tx: &mut InboxTx<Sqlite>) -> Result<(), sqlx::Error> {
    die.at("before");
    sqlx::query("INSERT INTO ledger (event) VALUES (?)").bind(id.as_str()).execute(&mut **tx).await?;
    die.at("within");
    Ok(())
}

/// Books without a transaction: at least once.
#[on_event("charge.captured", name = "note", retries = 2, backoff = "1ms")]
async fn note(id: EventId, State(die): State<Die>) {
    println!("noted {id}");
    die.at("after");
}

#[on_event("charge.updated", name = "last", backoff = "1ms")]
async fn last(id: EventId) {
    println!("begun {id}");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    println!("ended {id}");
}

fn milliseconds(variable: &str, unless_set: u64) -> Duration {
    let given = env::var(variable).ok().and_then(|text| text.parse().ok());
    Duration::from_millis(given.unwrap_or(unless_set))
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let file = PathBuf::from(env::var_os("FILE").unwrap_or_default());
    let inbox = SqliteInbox::open(file)?
        .lease(milliseconds("LEASE_MS", 1_000))
        .poll_interval(Duration::from_millis(50));
    let endpoint = Endpoint::builder()
        .secret_from_env("SECRET")
        .state(Die(env::var("DIE").unwrap_or_default()))
        .inbox(inbox)
        .build()?;
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
