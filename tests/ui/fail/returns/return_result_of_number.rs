//! A result of a number, which says nothing.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> Result<u32, std::io::Error> { //~ Result<u32, std::io::Error>
    Ok(1)
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
