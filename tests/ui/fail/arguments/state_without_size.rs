//! A state that is a trait object.
#![allow(unused)]

use stripe_hooks::{State, on_event};

trait Orders {}

#[on_event("invoice.paid")]
async fn book(State(orders): State<dyn Orders>) {} //~ dyn Orders

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(State(orders): State<std::sync::Arc<dyn Orders + Send + Sync>>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
