//! A lock that is held across an await.
//!
//! Drop it before the await, or use a lock that is made for it, such as `tokio::sync::Mutex`.
#![allow(unused)]

use std::sync::{Arc, Mutex};

use stripe_hooks::{State, on_event};

#[on_event("invoice.paid")]
async fn book(State(total): State<Arc<Mutex<u32>>>) { //~ book
    let total = total.lock();
    std::future::ready(()).await;
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(State(total): State<Arc<Mutex<u32>>>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
