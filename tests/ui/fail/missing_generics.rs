//! A state without its type.
#![allow(unused)]

use stripe_hooks::{State, on_event};

#[on_event("invoice.paid")]
async fn book(State(db): State) {}

fn main() {}
