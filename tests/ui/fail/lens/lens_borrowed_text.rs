//! Borrowed text that may hold escapes.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid<'a> {
    description: Option<&'a str>, //~ Option<&'a str>
}

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour<'_>) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour<'a> {
    number: Option<std::borrow::Cow<'a, str>>,
}
