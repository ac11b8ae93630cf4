//! A stable name and an endpoint.

use stripe_hooks::{objects::Customer, on_event};

#[derive(stripe_hooks::EndpointName)]
struct Connect;

#[on_event("customer.updated", endpoint = Connect, name = "customers/sync")]
async fn sync(customer: Customer) {
    drop(customer);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
