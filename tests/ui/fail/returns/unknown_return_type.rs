//! A return type that was not imported.
//!
//! Import the type, or declare it.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<(), BookError> { //~ BookError
    Ok(())
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
