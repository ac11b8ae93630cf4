//! State: what handlers share, such as a database, and what happens when the work cannot be done.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run --example state
//! ```

use std::{
    collections::HashMap,
    env, fmt, io,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{App, HttpServer};
use stripe_hooks::{Endpoint, EventId, Outcome, State, objects::PaymentIntent, on_event};

/// The orders that wait for their payment. A real shop keeps them in a database, whose pool is as cheap to clone as this.
#[derive(Clone, Default)]
struct Orders(Arc<Mutex<HashMap<String, Order>>>);

struct Order {
    amount: i64,
    paid_by: Option<EventId>,
}

#[derive(Debug)]
struct UnknownOrder(String);

impl fmt::Display for UnknownOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no order {}", self.0)
    }
}

impl std::error::Error for UnknownOrder {}

/// An error makes Stripe send the event again. `Outcome::park` fails for good: Stripe gets its
/// acknowledgement, and a person must look at the order. A payment that comes twice changes
/// nothing.
#[on_event("payment_intent.succeeded")]
async fn mark_as_paid(
    event: EventId,
    intent: PaymentIntent,
    State(orders): State<Orders>,
) -> Result<Outcome, UnknownOrder> {
    let Some(order_id) = intent.metadata.get("order_id") else {
        return Ok(Outcome::ignore("the payment is for no order"));
    };
    let mut orders = orders.0.lock().unwrap_or_else(PoisonError::into_inner);
    let order = orders.get_mut(order_id).ok_or_else(|| UnknownOrder(order_id.clone()))?;
    if order.paid_by.is_some() {
        println!("order {order_id} was paid before");
        return Ok(Outcome::done());
    }
    if order.amount != intent.amount {
        return Ok(Outcome::park("the amount is not that of the order"));
    }
    order.paid_by = Some(event);
    println!("order {order_id} is paid");
    Ok(Outcome::done())
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    // What the endpoint does is logged through `tracing`: here to standard error.
    tracing_subscriber::fmt().with_writer(io::stderr).init();

    let orders = Orders::default();
    let waiting = Order { amount: 2000, paid_by: None };
    orders.0.lock().unwrap_or_else(PoisonError::into_inner).insert("6735".to_owned(), waiting);

    let endpoint = Endpoint::builder().secret_from_env("STRIPE_WEBHOOK_SECRET").state(orders).build()?;
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let server = HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
        .bind(("127.0.0.1", port))?;
    println!("Listening on {:?}", server.addrs());
    server.run().await
}
