//! A type that no event has, and that must stay on its thread.
//! Take what an event has, in a type that is `Send`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(total: std::rc::Rc<u32>) { //~ std::rc::Rc<u32> //~ book
    std::future::ready(()).await;
    drop(total);
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(total: stripe_hooks::State<std::sync::Arc<u32>>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
