//! A path through something that is no object.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "status.value")] //~ "status.value"
    value: Option<String>,
}

fn main() {}
