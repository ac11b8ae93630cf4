//! A platform's two endpoints: one for its own events, one for those of its connected accounts.
//! Stripe signs the two with different secrets.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… STRIPE_CONNECT_WEBHOOK_SECRET=whsec_… cargo run --example connect
//! ```

use std::{env, io};

use actix_web::{App, HttpServer};
use stripe_hooks::{ConnectedAccount, Endpoint, EndpointName, objects::Payout, on_event};

/// The endpoint of the connected accounts' events.
#[derive(EndpointName)]
#[endpoint(connect)]
struct Connect;

#[on_event("payout.failed")]
async fn our_payout_failed(payout: Payout) {
    println!("our own payout {} failed", payout.id);
}

#[on_event("payout.failed", endpoint = Connect)]
async fn their_payout_failed(account: ConnectedAccount, payout: Payout) {
    println!("payout {} of {account} failed", payout.id);
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    stripe_hooks::handle_arguments();
    // The live URL of a Connect endpoint receives test events too. `only_live` would acknowledge
    // them without handling them.
    let connect =
        Endpoint::builder().name::<Connect>().secret_from_env("STRIPE_CONNECT_WEBHOOK_SECRET").build()?;
    let platform = Endpoint::builder().secret_from_env("STRIPE_WEBHOOK_SECRET").build()?;
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let server = HttpServer::new(move || {
        App::new().service(platform.service("/webhook")).service(connect.service("/webhook/connect"))
    })
    .bind(("127.0.0.1", port))?;
    println!("Listening on {:?}", server.addrs());
    server.run().await
}
