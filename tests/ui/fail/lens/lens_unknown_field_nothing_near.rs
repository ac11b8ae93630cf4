//! A field that is like none of the object.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    colour: String, //~ colour
}

fn main() {}
