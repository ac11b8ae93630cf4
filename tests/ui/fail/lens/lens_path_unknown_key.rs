//! A path with a key that does not exist.
#![allow(unused)]

use stripe_hooks::Lens;

#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    #[lens(path = "lines.data[].princing.price_details.price")] //~ "lines.data[].princing.price_details.price"
    prices: Vec<String>,
}

fn main() {}
