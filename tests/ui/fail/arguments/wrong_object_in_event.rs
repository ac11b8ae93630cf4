//! The envelope around an object that the event does not carry.
#![allow(unused)]

use stripe_hooks::{Event, objects::Invoice, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(event: Event<Invoice>) {} //~ Event<Invoice>

fn main() {}
