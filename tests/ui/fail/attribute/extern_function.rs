//! An `extern fn` as a handler.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
extern "C" fn book() {} //~ extern "C"

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
