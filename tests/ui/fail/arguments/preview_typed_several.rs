//! Previews with a typed argument.
#![allow(unused)]

use stripe_hooks::{objects::Quote, on_event};

#[on_event("quote.accepting", "quote.stale")]
async fn quote(quote: Quote) {} //~ Quote

fn main() {}

#[on_event("quote.accepted")]
async fn neighbour(quote: Quote) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
