//! A shared state of a trait whose values may be unfit for other threads, which the compiler tells in two questions.
//!
//! Write `trait Orders: Send + Sync`, or `Arc<dyn Orders + Send + Sync>`.
#![allow(unused)]

use std::sync::Arc;

use stripe_hooks::{State, on_event};

trait Orders {}

#[on_event("invoice.paid")]
async fn book(State(orders): State<Arc<dyn Orders>>) {} //~ book //~ book

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(State(orders): State<Arc<dyn Orders + Send + Sync>>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
