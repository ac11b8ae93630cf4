//! Borrowed text that may hold escapes.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid<'a> {
    description: Option<&'a str>, //~ Option<&'a str>
}

fn main() {}
