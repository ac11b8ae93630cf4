//! A lens with two lifetimes.
#![allow(unused)]

use std::borrow::Cow;

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid<'a, 'b> { //~ 'b
    currency: &'a str,
    number: Option<Cow<'b, str>>,
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour<'_>) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour<'a> {
    number: Option<Cow<'a, str>>,
}
