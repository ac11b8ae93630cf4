//! A state that must stay on its thread, kept across an await.
//!
//! Put the state into something that is `Send`, such as `Arc`.
#![allow(unused)]

use stripe_hooks::{State, on_event};

#[on_event("invoice.paid")]
async fn book(State(total): State<std::rc::Rc<u32>>) { //~ book
    std::future::ready(()).await;
    drop(total);
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(State(total): State<std::sync::Arc<u32>>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
