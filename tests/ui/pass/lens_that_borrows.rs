//! A lens that borrows from the event.
#![allow(unused)]

use std::borrow::Cow;

use stripe_hooks::{Event, Lens, on_event};

#[derive(Lens)]
#[lens("charge")]
struct Paid<'a> {
    id: &'a str,
    currency: &'a str,
    status: &'a str,
    description: Option<Cow<'a, str>>,
}

#[on_event("charge.succeeded")]
async fn book(paid: Paid<'_>, event: Event<Paid<'_>>) {}

fn main() {}
