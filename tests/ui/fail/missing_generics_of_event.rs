//! An envelope without its object.
#![allow(unused)]

use stripe_hooks::{Event, on_event};

#[on_event("invoice.paid")]
async fn book(event: Event) {}

fn main() {}
