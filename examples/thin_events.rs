//! Thin events: they name the object that they are about and carry none, so that what you fetch is never out of date.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run --example thin_events
//! ```

use std::{env, io};

use actix_web::{App, HttpServer};
use stripe_hooks::{Context, Endpoint, Outcome, ThinEvent, on_event};

/// A pattern takes every generally available thin event that starts so.
#[on_event("v1.billing.meter.*")]
async fn check_meter(event: ThinEvent, context: Option<Context>) -> Outcome {
    let Some(meter) = event.related_object else {
        return Outcome::ignore("the event is about no meter");
    };
    let whose = context.map_or_else(|| "our own".to_owned(), |context| context.to_string());
    println!("{} of {whose}: look at {} {}", event.event_type, meter.object_type, meter.id);
    Outcome::done()
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    stripe_hooks::handle_arguments();
    let endpoint = Endpoint::builder().secret_from_env("STRIPE_WEBHOOK_SECRET").build()?;
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let server = HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
        .bind(("127.0.0.1", port))?;
    println!("Listening on {:?}", server.addrs());
    server.run().await
}
