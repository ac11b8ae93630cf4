//! A type of the user's own that another event has.
#![allow(unused)]

use stripe_hooks::{EventContext, FromEvent, Rejection, events, on_event};

struct Due(i64);

impl<'cx> FromEvent<'cx, events::InvoicePaid> for Due {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Due(0))
    }
}

#[on_event("invoice.paid", "invoice.voided")]
async fn book(due: Due) {} //~ Due

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(due: Due) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
