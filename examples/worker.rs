//! A receiver and a worker, apart: the receiver stores events and answers, the worker does the work. Both are this program, so that both have
//! the same handlers.
//!
//! ```sh
//! cargo run --example worker -- receive
//! cargo run --example worker -- work
//! ```
//!
//! Start as many workers as you like. The inbox is the file that `INBOX` names, or one in the folder for temporary files, and belongs to one machine;
//! on several machines the inbox is in PostgreSQL, and all else stays as it is here.

use std::{env, io, path::PathBuf, process, time::Duration};

use actix_web::{
    App, HttpServer,
    rt::signal::unix::{SignalKind, signal},
};
use stripe_hooks::{
    Endpoint, EndpointBuilder, SqliteInbox, SqliteInboxBuilder, objects::PaymentIntent, on_event,
};

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {
    println!("process {} fulfils {}", process::id(), intent.id);
}

fn inbox() -> SqliteInboxBuilder {
    let unless_given = || env::temp_dir().join("stripe-events.db");
    SqliteInbox::builder(env::var_os("INBOX").map_or_else(unless_given, PathBuf::from))
}

/// What the two programs have in common: states that handlers ask for, say, belong here.
fn endpoint() -> EndpointBuilder {
    Endpoint::builder()
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    stripe_hooks::handle_arguments();
    match env::args().nth(1).as_deref() {
        Some("receive") => receive().await,
        Some("work") => work().await,
        _ => Err(io::Error::other("say whether to `receive` or to `work`")),
    }
}

async fn receive() -> io::Result<()> {
    let inbox = inbox().accept_only().open()?;
    let endpoint = endpoint().secret_from_env("STRIPE_WEBHOOK_SECRET").inbox(inbox).build()?;
    let serving = endpoint.clone();
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let server =
        HttpServer::new(move || App::new().service(serving.service("/webhook"))).bind(("127.0.0.1", port))?;
    for address in server.addrs() {
        println!("Listening on http://{address}/webhook");
    }
    server.run().await?;
    Ok(endpoint.shutdown(Duration::from_secs(30)).await?)
}

async fn work() -> io::Result<()> {
    let (mut interrupted, mut terminated) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let endpoint = endpoint().inbox(inbox().work_only().open()?).build()?;
    println!("Process {} works", process::id());
    // No server tells of a signal here.
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    endpoint.shutdown(Duration::from_secs(30)).await?;
    println!("Process {} has finished what it began", process::id());
    Ok(())
}
