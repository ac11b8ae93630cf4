//! Updates by other names.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("payment_intent.amount_capturable_updated", changed(amount_capturable))]
async fn capture(id: EventId) {}

#[on_event("payment_method.automatically_updated", changed(card.exp_year))]
async fn renew(id: EventId) {}

fn main() {}
