//! An error that must stay on its thread.
#![allow(unused)]

use std::error::Error;

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<(), Box<dyn Error>> { //~ Result<(), Box<dyn Error>>
    Ok(())
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) -> Result<(), Box<dyn Error + Send + Sync>> {
    Ok(())
}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
