//! A thin event as the argument of a snapshot event.
#![allow(unused)]

use stripe_hooks::{ThinEvent, on_event};

#[on_event("invoice.paid")]
async fn book(event: ThinEvent) {} //~ ThinEvent

fn main() {}
