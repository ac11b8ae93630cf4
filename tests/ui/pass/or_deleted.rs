//! An object, or the stub that is left of it.

use stripe_hooks::{Event, OrDeleted, objects::Customer, on_event};

#[on_event("customer.deleted")]
async fn forget(customer: OrDeleted<Customer>, event: Event<OrDeleted<Customer>>) {
    drop((customer, event));
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
