//! A tuple of arguments.
#![allow(unused)]

use stripe_hooks::{EventId, objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(both: (Invoice, EventId)) {} //~ (Invoice, EventId)

fn main() {}
