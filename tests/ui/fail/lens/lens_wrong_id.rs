//! The id of another kind of object.
#![allow(unused)]

use stripe_hooks::{Id, Lens, objects::Invoice};

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    customer: Option<Id<Invoice>>, //~ Option<Id<Invoice>>
}

fn main() {}
