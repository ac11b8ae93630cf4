//! An object that the event does not carry.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(invoice: Invoice) {} //~ Invoice

fn main() {}
