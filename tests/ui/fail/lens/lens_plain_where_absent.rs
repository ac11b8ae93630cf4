//! A plain type where Stripe may leave the field out.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::Invoice};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    id: Id<Invoice>, //~ Id<Invoice>
}

fn main() {}
