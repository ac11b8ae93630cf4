//! A state of the user's own, which holds what has no known size.

use stripe_hooks::on_event;

mod own {
    use std::sync::Arc;

    use stripe_hooks::{EventContext, EventType, FromEvent, Rejection};

    pub struct State<T: ?Sized>(pub Arc<T>);

    impl<'cx, E: EventType> FromEvent<'cx, E> for State<dyn Fn() + Send + Sync> {
        fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
            Ok(State(Arc::new(|| ())))
        }
    }
}

#[on_event("invoice.paid")]
async fn book(state: own::State<dyn Fn() + Send + Sync>) {
    (state.0)();
}

fn main() {}
