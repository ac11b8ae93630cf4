//! A receiver of its own process, for tests to kill: handlers that book into a ledger, and die or wait where they are told to.
//!
//! It is told by its environment: `DATABASE` (a file, or the address of a PostgreSQL database), `SECRET`, `DIE` and `HOLD` (`answer`, `claim`,
//! `before`, `within` or `after`: the point at which the process aborts, or says so and waits), `GO` (the file that lets go on who waits, also those
//! handlers that else take their time by the clock), `POISON` (what the poisonous handler does), `JOURNAL`, `WORKERS`, `LEASE_MS`, `ACCEPT_MS` and `GRACE_MS`. It prints the address where it listens.

mod journal;
mod random;

use std::{env, hint, io, mem, path::PathBuf, process, str::FromStr, thread, time::Duration};

use actix_web::{App, HttpServer, dev::Service};
use stripe_hooks::{
    Endpoint, EndpointBuilder, EventContext, EventType, FromEvent, PostgresInbox, Rejection, SqliteInbox,
};

use self::journal::Journal;

/// A point of an event's way: the process may be told to end here as a kill does, with nothing cleaned up, or to wait until the file is there that
/// lets it go on. It then waits with its whole thread.
fn reach_point(point: &str) {
    let is_told = |variable| env::var(variable).is_ok_and(|value| value == point);
    if is_told("DIE") {
        process::abort();
    }
    if is_told("HOLD") {
        println!("held {point}");
        while !go_file_exists() {
            thread::sleep(Duration::from_millis(5));
        }
        println!("went on");
    }
}

/// Whether the file is there that lets those go on who wait for it.
fn go_file_exists() -> bool {
    env::var_os("GO").is_some_and(|go| PathBuf::from(go).exists())
}

/// What takes a handler's time: until the file is there, where one is named, and else somewhat longer than a lease.
async fn wait_in_handler() {
    if env::var_os("GO").is_none() {
        return tokio::time::sleep(Duration::from_millis(1_500)).await;
    }
    while !go_file_exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Is made when a run was claimed, before its handler begins.
struct ClaimedPoint;

impl<'cx, E: EventType> FromEvent<'cx, E> for ClaimedPoint {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        reach_point("claim");
        Ok(Self)
    }
}

/// What no process survives, or no thread comes back from.
#[expect(clippy::panic, reason = "this is what it is for")]
fn run_poison() {
    match env::var("POISON").as_deref() {
        Ok("abort") => process::abort(),
        Ok("loop") => loop {
            hint::spin_loop();
        },
        // Only ever reserved, so that it is the limit of the address space that it meets, and never another's memory.
        Ok("hog") => (0..1_000).for_each(|_| mem::forget(Vec::<u8>::with_capacity(256 << 20))),
        _ => {}
    }
    panic!("as if by a mistake");
}

/// The handlers, with the transactions of one engine.
macro_rules! define_handlers {
    ($Engine:ident) => {
        use std::time::Duration;

        use stripe_hooks::{
            EventId, InboxTx, Reply, State, on_event,
            sqlx::{self, $Engine},
        };

        use super::{ClaimedPoint, reach_point, journal::Journal, run_poison, random::random_below, wait_in_handler};

        #[derive(stripe_hooks::EndpointName)]
        pub(super) struct Handlers;

        #[on_event("charge.succeeded", name = "book", retries = 50, backoff = "1ms", timeout = "20s", endpoint = Handlers)]
        async fn book(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<(), sqlx::Error> {
            reach_point("before");
            sqlx::query("INSERT INTO ledger (event) VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
            reach_point("within");
            Ok(())
        }

        /// Books, and takes its time.
        #[on_event("charge.refunded", name = "book_slowly", retries = 50, backoff = "1ms", endpoint = Handlers)]
        async fn book_slowly(id: EventId, tx: &mut InboxTx<$Engine>) -> Result<(), sqlx::Error> {
            sqlx::query("INSERT INTO ledger (event) VALUES ($1)").bind(id.as_str()).execute(&mut **tx).await?;
            println!("booked {id}");
            wait_in_handler().await;
            println!("ended {id}");
            Ok(())
        }

        /// Books without a transaction: at least once.
        #[on_event("charge.captured", name = "note", retries = 2, backoff = "1ms", endpoint = Handlers)]
        async fn note(id: EventId, _: ClaimedPoint) {
            println!("noted {id}");
            reach_point("after");
        }

        #[on_event("charge.failed", name = "poison", retries = 1, backoff = "1ms", timeout = "300ms", endpoint = Handlers)]
        async fn poisonous(id: EventId) {
            println!("poisoned {id}");
            run_poison();
        }

        #[on_event("charge.updated", name = "last", backoff = "1ms", endpoint = Handlers)]
        async fn last(id: EventId) {
            println!("begun {id}");
            wait_in_handler().await;
            println!("ended {id}");
        }

        #[on_event("charge.pending", name = "orderly", order = "object", retries = 50, backoff = "1ms", endpoint = Handlers)]
        async fn orderly(id: EventId, State(journal): State<Journal>) -> Result<(), &'static str> {
            journal.write_begin_and_wait(&id).await;
            tokio::time::sleep(Duration::from_millis(random_below(15))).await;
            journal.write_line("ended", &id);
            if random_below(4) == 0 { Err("as it happens") } else { Ok(()) }
        }

        #[on_event("checkout.session.completed", name = "inline", inline = "20s", backoff = "1ms", endpoint = Handlers)]
        async fn inline(id: EventId, State(journal): State<Journal>) {
            journal.write_begin_and_wait(&id).await;
            journal.write_line("ended", &id);
        }

        #[on_event("issuing_authorization.request", name = "decide", inline = "20s", backoff = "1ms", endpoint = Handlers)]
        async fn decide(id: EventId, State(journal): State<Journal>) -> Reply<u32> {
            journal.write_begin_and_wait(&id).await;
            journal.write_line("ended", &id);
            Reply::new(std::process::id())
        }
    };
}

mod sqlite {
    define_handlers!(Sqlite);
}

mod postgres {
    define_handlers!(Postgres);
}

/// The number that the variable gives.
fn number_from_env<T: FromStr>(variable: &str) -> Option<T> {
    env::var(variable).ok()?.parse().ok()
}

fn milliseconds_from_env(variable: &str, unless_set: u64) -> Duration {
    Duration::from_millis(number_from_env(variable).unwrap_or(unless_set))
}

/// Opens an inbox with the settings that the environment gives.
macro_rules! open {
    ($builder:expr) => {{
        let builder = $builder
            .lease(milliseconds_from_env("LEASE_MS", 1_000))
            .poll_interval(Duration::from_millis(50))
            .accept_timeout(milliseconds_from_env("ACCEPT_MS", 8_000));
        match number_from_env("WORKERS") {
            Some(workers) => builder.workers(workers),
            None => builder,
        }
        .open()?
    }};
}

/// The builder with the inbox that the environment names, and the handlers that go with it.
fn endpoint_builder() -> io::Result<EndpointBuilder> {
    let database = env::var("DATABASE").unwrap_or_default();
    Ok(if database.starts_with("postgres:") {
        Endpoint::builder().name::<postgres::Handlers>().inbox(open!(PostgresInbox::builder(database)))
    } else {
        Endpoint::builder().name::<sqlite::Handlers>().inbox(open!(SqliteInbox::builder(database)))
    })
}

/// Ends the process with the test that holds the other end of its standard input, however that ends.
fn end_with_the_test() {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(1);
    });
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    end_with_the_test();
    let endpoint = endpoint_builder()?
        .secret_from_env("SECRET")
        .state(Journal::new(env::var_os("JOURNAL").unwrap_or_default().into()))
        .build()?;
    let serving = endpoint.clone();
    let app = move || {
        let points = |request, app: &_| {
            println!("asked");
            let answered = Service::call(app, request);
            async move {
                let answer = answered.await;
                reach_point("answer");
                answer
            }
        };
        App::new().wrap_fn(points).service(serving.service("/webhook"))
    };
    let server = HttpServer::new(app).workers(2).shutdown_timeout(5).bind(("127.0.0.1", 0))?;
    for address in server.addrs() {
        println!("listening {address}");
    }
    server.run().await?;
    println!("stopping");
    endpoint.shutdown(milliseconds_from_env("GRACE_MS", 10_000)).await?;
    println!("stopped");
    Ok(())
}
