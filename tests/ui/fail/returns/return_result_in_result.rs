//! A result within a result.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<Result<(), String>, String> { //~ Result<Result<(), String>, String>
    Ok(Ok(()))
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) -> Result<(), String> {
    Ok(())
}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
