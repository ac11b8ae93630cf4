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

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(lens: Neighbour) {}

#[derive(Lens)]
#[lens("invoice")]
struct Neighbour {
    #[lens(path = "lines.data[].pricing.price_details.price")]
    prices: Vec<String>,
}
