//! A boxed future instead of an `async fn`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
fn book() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> { //~ std::pin::Pin<Box<dyn Future<Output = ()> + Send>>
    Box::pin(async {})
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
