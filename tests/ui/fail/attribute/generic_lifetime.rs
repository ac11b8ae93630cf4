//! A handler with a lifetime parameter.
#![allow(unused)]

use stripe_hooks::on_event;

struct Note<'a>(&'a str);

#[on_event("invoice.paid")]
async fn book<'a>(note: Note<'a>) {} //~ 'a

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(name: stripe_hooks::EventTypeName) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
