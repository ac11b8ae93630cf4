//! A reply within a `Result` whose body serde cannot write.
#![allow(unused)]

use stripe_hooks::{Reply, on_event};

struct Decision;

#[on_event("issuing_authorization.request")]
async fn decide() -> Result<Reply<Decision>, std::io::Error> { //~ Result<Reply<Decision>, std::io::Error>
    Ok(Reply::new(Decision))
}

fn main() {}

#[on_event("issuing_authorization.request")]
async fn neighbour(id: stripe_hooks::EventId) -> Result<Reply<bool>, std::io::Error> {
    Ok(Reply::new(true))
}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
