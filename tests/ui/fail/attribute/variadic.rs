//! A variable number of arguments.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("invoice.paid")]
async fn book(id: EventId, ...) {} //~ ...

fn main() {}
