//! The servers under comparison. Each answers a delivery with 200 once it has stored the event. The
//! stored events are handled later, so that the two halves do not share the machine.

use std::{
    env,
    error::Error,
    fmt,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use apalis::prelude::{BoxDynError, Data, TaskBuilder, TaskSink, WorkerBuilder};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{
    PgPool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use stripe_hooks::{Endpoint, EndpointBuilder, EventId, PostgresInbox, SqliteInbox, State, on_event};

pub(crate) const SECRET: &str = "whsec_of_a_measurement";

/// A server, named by the store of its events.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerKind {
    NoInbox,
    InboxOnSqlite,
    QueueOnSqlite,
    InboxOnPostgres,
    QueueOnPostgres,
}

pub(crate) const SERVER_KINDS: [ServerKind; 5] =
    [ServerKind::NoInbox, ServerKind::InboxOnSqlite, ServerKind::QueueOnSqlite, ServerKind::InboxOnPostgres, ServerKind::QueueOnPostgres];

impl ServerKind {
    pub(crate) fn is_available(self) -> bool {
        !matches!(self, Self::InboxOnPostgres | Self::QueueOnPostgres) || env::var_os("DATABASE_URL").is_some()
    }
}

impl fmt::Display for ServerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NoInbox => "no inbox",
            Self::InboxOnSqlite => "inbox on SQLite",
            Self::QueueOnSqlite => "apalis 1.0 on SQLite",
            Self::InboxOnPostgres => "inbox on PostgreSQL",
            Self::QueueOnPostgres => "apalis 1.0 on PostgreSQL",
        })
    }
}

#[derive(Clone, Default)]
struct HandledCount(Arc<AtomicUsize>);

#[on_event("charge.succeeded")]
async fn count_handled(id: EventId, State(handled): State<HandledCount>) {
    let _ = id;
    handled.0.fetch_add(1, Relaxed);
}

/// A server on a thread of its own, until it is dropped. It stores events, or handles the stored
/// ones.
pub(crate) struct RunningServer {
    address: SocketAddr,
    handled: HandledCount,
    handle: ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
}

/// The half of the work under measurement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MeasuredHalf {
    Accept,
    Drain,
}

impl RunningServer {
    pub(crate) fn start(kind: ServerKind, half: MeasuredHalf, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let file = folder.join("events.db").to_string_lossy().into_owned();
        let handled = HandledCount::default();
        let (started, starting) = mpsc::channel();
        let counted = handled.clone();
        let body = move || {
            actix_web::rt::System::new().block_on(async move {
                run_server(kind, half, file, counted, started).await.expect("the server runs");
            });
        };
        let thread = thread::spawn(body);
        let (address, handle) = starting.recv()?;
        Ok(Self { address, handled, handle, thread: Some(thread) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Number of events that the server has handled.
    pub(crate) fn handled(&self) -> usize {
        self.handled.0.load(Relaxed)
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

type StartedSender = mpsc::Sender<(SocketAddr, ServerHandle)>;

async fn run_server(kind: ServerKind, half: MeasuredHalf, file: String, handled: HandledCount, started: StartedSender) -> Result<(), Box<dyn Error>> {
    let url = env::var("DATABASE_URL").unwrap_or_default();
    let builder = || Endpoint::builder().secret(SECRET).state(handled.clone());
    match kind {
        ServerKind::NoInbox => run_with_endpoint(builder(), started).await,
        ServerKind::InboxOnSqlite => {
            let inbox = SqliteInbox::builder(file);
            let inbox = if half == MeasuredHalf::Accept { inbox.accept_only() } else { inbox.work_only() };
            run_with_endpoint(builder().inbox(inbox.open()?), started).await
        }
        ServerKind::InboxOnPostgres => {
            let inbox = PostgresInbox::builder(&url);
            let inbox = if half == MeasuredHalf::Accept { inbox.accept_only() } else { inbox.work_only() };
            run_with_endpoint(builder().inbox(inbox.open()?), started).await
        }
        ServerKind::QueueOnSqlite => {
            let options = SqliteConnectOptions::new()
                .filename(file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(30));
            // More connections would wait for each other in SQLite, which is slower.
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
            SqliteStorage::setup(&pool).await?;
            // The queue's setup has reset the option of the same name.
            sqlx::query("PRAGMA synchronous = FULL").execute(&pool).await?;
            let storage = SqliteStorage::<String>::new(&pool).with_config(apalis_sqlite::Config::default().batch_size(100));
            let worker = WorkerBuilder::new("worker").backend(storage.clone()).data(handled).build(handle_job);
            let serving = run_with_queue(storage, started);
            if half == MeasuredHalf::Accept {
                return serving.await;
            }
            tokio::select! {
                ended = serving => ended,
                ended = worker.run() => Ok(ended?),
            }
        }
        ServerKind::QueueOnPostgres => {
            let pool: PgPool = PgPoolOptions::new().max_connections(16).connect(&url).await?;
            PostgresStorage::setup(&pool).await?;
            let storage = PostgresStorage::<String>::new(&pool)
                .with_config(apalis_postgres::Config::default().batch_size(100))
                .with_pubsub();
            let worker = WorkerBuilder::new("worker").backend(storage.clone()).data(handled).build(handle_job);
            let serving = run_with_queue(storage, started);
            if half == MeasuredHalf::Accept {
                return serving.await;
            }
            tokio::select! {
                ended = serving => ended,
                ended = worker.run() => Ok(ended?),
            }
        }
    }
}

async fn run_with_endpoint(builder: EndpointBuilder, started: StartedSender) -> Result<(), Box<dyn Error>> {
    let endpoint = builder.build()?;
    let serving = endpoint.clone();
    let server = HttpServer::new(move || App::new().service(serving.service("/webhook")));
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0))?;
    let address = server.addrs()[0];
    let server = server.run();
    started.send((address, server.handle()))?;
    server.await?;
    Ok(endpoint.shutdown(Duration::from_secs(10)).await?)
}

async fn handle_job(event: String, handled: Data<HandledCount>) -> Result<(), BoxDynError> {
    let _ = event;
    let HandledCount(count) = &*handled;
    count.fetch_add(1, Relaxed);
    Ok(())
}

/// Serves with the closest equivalent that a job queue offers: verifies the delivery, stores the
/// body under the event's id, and answers.
async fn run_with_queue<Q, K>(queue: Q, started: StartedSender) -> Result<(), Box<dyn Error>>
where
    Q: TaskSink<String, K> + Clone + Send + 'static,
{
    let server = HttpServer::new(move || {
        let queue = queue.clone();
        App::new().route(
            "/webhook",
            web::post().to(move |request: HttpRequest, body: web::Bytes| {
                let mut queue = queue.clone();
                async move {
                    let header = request.headers().get("stripe-signature").and_then(|value| value.to_str().ok());
                    if !header.is_some_and(|header| has_valid_signature(header, &body)) {
                        return HttpResponse::BadRequest().finish();
                    }
                    let body = String::from_utf8_lossy(&body).into_owned();
                    let id = body.get(7..).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
                    match queue.push_task(TaskBuilder::new(body).idempotency_key(&id).build()).await {
                        Ok(()) => HttpResponse::Ok().finish(),
                        Err(_) => HttpResponse::ServiceUnavailable().finish(),
                    }
                }
            }),
        )
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0))?;
    let address = server.addrs()[0];
    let server = server.run();
    started.send((address, server.handle()))?;
    Ok(server.await?)
}

fn has_valid_signature(header: &str, body: &[u8]) -> bool {
    let part = |name: &str| header.split(',').find_map(|part| part.strip_prefix(name));
    let (Some(time), Some(signature)) = (part("t="), part("v1=")) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else { return false };
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    let bytes: Option<Vec<u8>> =
        (0..signature.len()).step_by(2).map(|at| u8::from_str_radix(signature.get(at..at + 2)?, 16).ok()).collect();
    bytes.is_some_and(|bytes| mac.verify_slice(&bytes).is_ok())
}
