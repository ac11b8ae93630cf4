//! The envelope of several events around an object whose cargo feature is off.
#![allow(unused)]

use stripe_hooks::{Event, objects::Payout, on_event};

#[on_event("payout.paid", "payout.failed")]
async fn book(event: Event<Payout>) {} //~ Event<Payout>

fn main() {}
