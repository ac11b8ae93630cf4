//! A path with `[]` after what is no array.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "customer[]")] //~ "customer[]"
    customers: Vec<String>,
}

fn main() {}
