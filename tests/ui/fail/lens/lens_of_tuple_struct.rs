//! A struct without names as a lens.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid(i64); //~ Paid

fn main() {}
