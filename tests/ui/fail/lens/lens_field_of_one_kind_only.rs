//! A field that one kind of a union lacks.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("customer_source")]
struct Paid {
    last4: Option<String>, //~ last4
}

fn main() {}
