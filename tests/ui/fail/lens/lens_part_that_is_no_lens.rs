//! A struct for a part of the object, which is no lens itself.
#![allow(unused)]

use stripe_hooks::{Lens, Timestamp};

struct Times {
    paid_at: Option<Timestamp>,
}

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    status_transitions: Times, //~ Times
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(Lens)]
#[lens("invoice.status_transitions")]
struct Neighbour {
    paid_at: Option<Timestamp>,
}
