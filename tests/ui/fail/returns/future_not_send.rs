//! A value that must stay on its thread, kept across an await.
//!
//! Drop the value before the await, or use one that is `Send`, such as `Arc`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() { //~ book
    let total = std::rc::Rc::new(1);
    std::future::ready(()).await;
    drop(total);
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
