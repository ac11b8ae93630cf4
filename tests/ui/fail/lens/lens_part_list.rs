//! A list object as the object of a lens.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice.lines")] //~ "invoice.lines"
struct Lines {
    amount: i64,
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(Lens)]
#[lens("invoice.lines.data[]")]
struct Neighbour {
    amount: i64,
}
