//! Borrowed text of no lifetime.
//!
//! Give the lens a lifetime: `struct Paid<'a>`, and `Option<&'a str>`.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    id: Option<&str>, //~ &
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour<'_>) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour<'a> {
    id: Option<&'a str>,
}
