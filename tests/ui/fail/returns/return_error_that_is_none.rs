//! An error type that is not an error.
#![allow(unused)]

use stripe_hooks::on_event;

struct Failure;

#[on_event("invoice.paid")]
async fn book() -> Result<(), Failure> { //~ Result<(), Failure>
    Err(Failure)
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) -> Result<(), std::io::Error> {
    Ok(())
}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
