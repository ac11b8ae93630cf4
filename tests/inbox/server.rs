//! A receiver of its own process, for tests to kill: handlers that book into a ledger, and die where they are told to.
//!
//! It is told by its environment: `FILE`, `SECRET`, `DIE` (`before`, `within` or `after`: where in the handler the process aborts), `JOURNAL`,
//! `LEASE_MS` and `GRACE_MS`. It prints the address where it listens.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    process,
    time::Duration,
};

use actix_web::{App, HttpServer};
use stripe_hooks::{
    Endpoint, EventId, InboxTx, Reply, SqliteInbox, State, on_event,
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

/// A file that all processes write into, a line at a time.
#[derive(Clone)]
struct Journal(PathBuf);

impl Journal {
    fn write(&self, word: &str, id: &EventId) {
        let line = format!("{word} {id} {}\n", process::id());
        let file = OpenOptions::new().create(true).append(true).open(&self.0);
        file.and_then(|mut file| file.write_all(line.as_bytes())).unwrap_or_else(|_| process::abort());
    }

    /// Begins the event. The first process to begin one whose name has `stand` in it stands there for ever, to be killed.
    async fn begin(&self, id: &EventId) {
        let begun = fs::read_to_string(&self.0).unwrap_or_default().contains(&format!("begun {id} "));
        self.write("begun", id);
        if !begun && id.as_str().contains("stand") {
            std::future::pending::<()>().await;
        }
    }
}

/// A number that differs from call to call, below the limit.
fn random(limit: u64) -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish() % limit
}

#[on_event("charge.pending", name = "orderly", order = "object", retries = 50, backoff = "1ms")]
async fn orderly(id: EventId, State(journal): State<Journal>) -> Result<(), &'static str> {
    journal.begin(&id).await;
    tokio::time::sleep(Duration::from_millis(random(15))).await;
    journal.write("ended", &id);
    if random(4) == 0 { Err("as it happens") } else { Ok(()) }
}

#[on_event("checkout.session.completed", name = "inline", inline = "20s", backoff = "1ms")]
async fn inline(id: EventId, State(journal): State<Journal>) {
    journal.begin(&id).await;
    journal.write("ended", &id);
}

#[on_event("issuing_authorization.request", name = "decide", inline = "20s", backoff = "1ms")]
async fn decide(id: EventId, State(journal): State<Journal>) -> Reply<u32> {
    journal.begin(&id).await;
    journal.write("ended", &id);
    Reply::new(process::id())
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
        .state(Journal(env::var_os("JOURNAL").unwrap_or_default().into()))
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
