//! Untouched JSON where Stripe may send null.
#![allow(unused)]

use stripe_hooks::{Lens, Raw};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    custom_fields: Raw, //~ Raw
}

fn main() {}
