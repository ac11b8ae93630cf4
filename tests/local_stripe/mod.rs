//! A small Stripe on the loopback interface, for the real Stripe CLI to talk to.
//!
//! It knows the requests of `stripe listen` and `stripe trigger`. `stripe listen` opens a session,
//! whose web socket (`socket.rs`) carries events to the CLI and the endpoint's answers back.
//! `stripe trigger` calls the API (`api.rs`), and each change of an object becomes an event.

mod api;
mod socket;
mod state;

use std::{
    net::TcpListener,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle, rt::System, web};

use self::state::{DeliveryAnswer, StripeState};

/// The running server.
pub(crate) struct LocalStripe {
    state: Arc<StripeState>,
    api_base: String,
    answers: mpsc::Receiver<DeliveryAnswer>,
    server: ServerHandle,
}

impl LocalStripe {
    /// Starts the server on a free port, with a secret of its own.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (answers, received) = mpsc::channel();
        let state = Arc::new(StripeState::new(host.clone(), answers));
        let server = start_server(listener, state.clone());
        Self { state, api_base: format!("http://{host}"), answers: received, server }
    }

    /// Returns the value for `--api-base` of the CLI.
    pub(crate) fn api_base(&self) -> &str {
        &self.api_base
    }

    /// Sends a snapshot or thin event to each connected CLI, and returns the id of the delivery.
    pub(crate) fn send_event(&self, event: &str) -> String {
        self.state.send_to_sockets(event)
    }

    /// Waits for the next answer that a CLI reports, up to the limit.
    pub(crate) fn next_answer(&self, limit: Duration) -> Option<DeliveryAnswer> {
        self.answers.recv_timeout(limit).ok()
    }
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        // The server stops at once, and no test waits until it has.
        drop(self.server.stop(false));
    }
}

/// Starts the server on a thread and a runtime of its own, so that tests are plain functions.
fn start_server(listener: TcpListener, state: Arc<StripeState>) -> ServerHandle {
    let (handle, started) = mpsc::channel();
    thread::spawn(move || {
        System::new().block_on(async move {
            let app = move || {
                App::new()
                    .app_data(web::Data::from(state.clone()))
                    .service(socket::open_socket)
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
