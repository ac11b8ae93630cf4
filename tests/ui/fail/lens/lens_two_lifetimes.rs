//! A lens with two lifetimes.
#![allow(unused)]

use std::borrow::Cow;

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid<'a, 'b> { //~ 'b
    currency: &'a str,
    number: Option<Cow<'b, str>>,
}

fn main() {}
