//! A type of the user.

use stripe_hooks::{EventContext, EventType, FromEvent, Rejection, on_event};

struct Shop(String);

impl<'cx, E: EventType> FromEvent<'cx, E> for Shop {
    fn from_event(event: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Shop(event.event_id().to_string()))
    }
}

#[on_event("invoice.paid")]
async fn book(shop: Shop) {
    drop(shop.0);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
