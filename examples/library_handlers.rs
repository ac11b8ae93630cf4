//! Handlers in a library crate. A linker drops a crate that nothing names, its handlers with it: so name it, and say which handlers you
//! count on.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run --example library_handlers
//! ```

use std::{env, io};

use actix_web::{App, HttpServer};
use ledger as _;
use stripe_hooks::Endpoint;

#[actix_web::main]
async fn main() -> io::Result<()> {
    let endpoint = Endpoint::builder()
        .secret_from_env("STRIPE_WEBHOOK_SECRET")
        // Without the `use` above, this is what `build()` complains of.
        .expect_handlers(["ledger::book_refund"])
        .build()?;
    for handler in stripe_hooks::handlers() {
        println!("{} handles {:?}", handler.id, handler.events);
    }
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let server = HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
        .bind(("127.0.0.1", port))?;
    println!("Listening on {:?}", server.addrs());
    server.run().await
}
