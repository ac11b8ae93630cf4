//! Lenses and transitions: a handler that reads four fields of a subscription, when its trial has become a paid plan.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run --example lenses
//! ```

use std::{env, io};

use actix_web::{App, HttpServer};
use stripe_hooks::{
    Currency, Endpoint, Id, Lens,
    objects::{Customer, Price},
    on_event,
};

/// The rest of the subscription is skipped, whatever it holds.
#[derive(Lens)]
#[lens("subscription")]
struct Started {
    customer: Id<Customer>,
    currency: Option<Currency>,
    #[lens(path = "items.data[].price.id")]
    prices: Vec<Id<Price>>,
    #[lens(path = "metadata.salesperson")]
    salesperson: Option<String>,
}

#[on_event("customer.subscription.updated", when(status: "trialing" => "active"))]
async fn credit(started: Started) {
    let currency = started.currency.map_or_else(String::new, |currency| format!(" in {currency}"));
    let whose = started.salesperson.as_deref().unwrap_or("nobody");
    println!("{} now pays for {}{currency}, thanks to {whose}", started.customer, started.prices.len());
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let endpoint = Endpoint::builder().secret_from_env("STRIPE_WEBHOOK_SECRET").build()?;
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let server = HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
        .bind(("127.0.0.1", port))?;
    println!("Listening on {:?}", server.addrs());
    server.run().await
}
