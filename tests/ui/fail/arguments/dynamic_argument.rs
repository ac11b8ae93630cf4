//! A trait object as an argument.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(object: Box<dyn std::any::Any + Send>) {} //~ Box<dyn std::any::Any + Send>

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(object: stripe_hooks::Event<stripe_hooks::Raw>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
