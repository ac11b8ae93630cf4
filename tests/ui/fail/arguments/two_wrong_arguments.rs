//! Two wrong arguments, each of which is an error of its own.
#![allow(unused)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(invoice: Invoice, count: u32) {} //~ Invoice //~ u32

fn main() {}
