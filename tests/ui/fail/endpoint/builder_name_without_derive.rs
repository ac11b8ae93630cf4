//! A type without `#[derive(EndpointName)]` as the name of an endpoint.
#![allow(unused)]

use stripe_hooks::Endpoint;

struct Connect;

fn build() {
    let builder = Endpoint::builder().name::<Connect>(); //~ Connect
}

fn main() {}

#[derive(stripe_hooks::EndpointName)]
#[endpoint(connect)]
struct NeighbouringEndpoint;

#[stripe_hooks::on_event("invoice.paid", endpoint = NeighbouringEndpoint)]
async fn neighbour(id: stripe_hooks::EventId) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
