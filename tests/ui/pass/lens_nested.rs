//! A lens within a lens.
#![allow(unused)]

use stripe_hooks::{Lens, Timestamp, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    status_transitions: Transitions,
    #[lens(path = "lines.data[]")]
    lines: Vec<Line>,
}

#[derive(Lens)]
#[lens("invoice.status_transitions")]
struct Transitions {
    paid_at: Option<Timestamp>,
}

#[derive(Lens)]
#[lens("invoice.lines.data[]")]
struct Line {
    amount: i64,
}

#[on_event("invoice.paid")]
async fn book(paid: Paid) {}

fn main() {}
