//! A server with one typed handler for each event that is generally available. Each handler prints the name that it was written
//! for, so that a test can tell which of them saw which event.

use std::io;

use actix_web::{App, HttpServer};
use stripe_hooks::{Endpoint, EventId, ThinEvent, objects, on_event};

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));

fn note_handled(event: &str, id: &str) {
    println!("handled {event} {id}");
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let endpoint =
        Endpoint::builder().secret_from_env("STRIPE_WEBHOOK_SECRET").build().map_err(io::Error::other)?;
    let server = HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
        .workers(1)
        .bind(("127.0.0.1", 0))?;
    for address in server.addrs() {
        println!("listening http://{address}/webhook");
    }
    server.run().await
}
