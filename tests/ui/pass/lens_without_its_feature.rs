//! A lens of an object whose cargo feature is off.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::{IssuingCard, IssuingCardStatus}, on_event};

#[derive(Lens)]
#[lens("issuing.card")]
struct Issued {
    id: Id<IssuingCard>,
    status: IssuingCardStatus,
}

#[on_event("issuing_card.created")]
async fn keep(card: Issued) {}

fn main() {}
