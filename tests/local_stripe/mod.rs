//! A small Stripe on the loopback interface, for the real Stripe CLI to talk to.
//!
//! It knows the requests that `stripe listen` and `stripe trigger` make: the first opens a session, whose web socket (`socket.rs`)
//! carries events to the CLI and the answers of the forwarded-to endpoint back; the second calls the API (`api.rs`), and what
//! that changes becomes events.

mod api;
mod socket;

use std::{
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use actix_web::{App, HttpServer, dev::ServerHandle, rt::System, web};
use serde_json::{Value, json};
use stripe_hooks::signature::{Secret, sign};
use tokio::sync::mpsc::UnboundedSender;

/// The running server.
pub(crate) struct LocalStripe {
    state: Arc<State>,
    api_base: String,
    answers: mpsc::Receiver<Answer>,
    server: ServerHandle,
}

/// What the endpoint answered to one delivery, as the CLI reports it.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The id that [`LocalStripe::send`] gave to the delivery.
    pub(crate) delivery: String,
    /// The HTTP status.
    pub(crate) status: u64,
    /// The body of the answer.
    pub(crate) body: String,
}

/// What the requests share.
struct State {
    secret: Secret,
    secret_text: String,
    host: String,
    sockets: Mutex<Vec<UnboundedSender<String>>>,
    answers: mpsc::Sender<Answer>,
    last_id: AtomicU64,
}

impl LocalStripe {
    /// Starts it on a free port, with a secret of its own.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let secret_text = format!("whsec_local{:x}", since_epoch().as_nanos());
        let (answers, received) = mpsc::channel();
        let state = Arc::new(State {
            secret: Secret::new(&*secret_text).unwrap(),
            secret_text,
            host: host.clone(),
            sockets: Mutex::default(),
            answers,
            last_id: AtomicU64::new(0),
        });
        let server = serve(listener, state.clone());
        Self { state, api_base: format!("http://{host}"), answers: received, server }
    }

    /// What the CLI takes as `--api-base`.
    pub(crate) fn api_base(&self) -> &str {
        &self.api_base
    }

    /// Sends an event, snapshot or thin, to each CLI that listens, and returns the id of the delivery.
    pub(crate) fn send(&self, event: &str) -> String {
        self.state.send(event)
    }

    /// The next answer that a CLI reports.
    pub(crate) fn answer(&self, limit: Duration) -> Option<Answer> {
        self.answers.recv_timeout(limit).ok()
    }
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        // The server hears of it at once; nobody waits for its farewell.
        drop(self.server.stop(false));
    }
}

impl State {
    /// Signs the event and hands it to the sockets, in the form that the CLI expects of its kind.
    fn send(&self, event: &str) -> String {
        let delivery = self.new_id("we");
        let headers = json!({
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(event.as_bytes(), &self.secret, now()),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        });
        let envelope: Value = serde_json::from_str(event).expect("an event is JSON");
        let message = match envelope["object"].as_str() {
            Some("event") => json!({
                "type": "webhook_event",
                "event_payload": event,
                "http_headers": headers,
                "endpoint": { "api_version": null },
                "webhook_conversation_id": self.new_id("wc"),
                "webhook_id": delivery,
            }),
            Some("v2.core.event") => json!({
                "type": "v2_event",
                "payload": event,
                "http_headers": headers,
                "destination_id": delivery,
            }),
            other => panic!("an event's `object` is neither kind: {other:?}"),
        };
        let message = message.to_string();
        self.sockets.lock().unwrap().retain(|socket| socket.send(message.clone()).is_ok());
        delivery
    }

    fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}_local{:06}", self.last_id.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// The server has a thread and a runtime of its own, so that tests are plain functions.
fn serve(listener: TcpListener, state: Arc<State>) -> ServerHandle {
    let (handle, started) = mpsc::channel();
    thread::spawn(move || {
        System::new().block_on(async move {
            let app = move || {
                App::new()
                    .app_data(web::Data::from(state.clone()))
                    .service(socket::open)
                    .configure(api::routes)
            };
            let server = HttpServer::new(app)
                .workers(1)
                .disable_signals()
                .shutdown_timeout(0)
                .listen(listener)
                .unwrap()
                .run();
            handle.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    started.recv().expect("the server starts")
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970")
}

fn now() -> i64 {
    since_epoch().as_secs().try_into().expect("seconds fit an i64")
}
