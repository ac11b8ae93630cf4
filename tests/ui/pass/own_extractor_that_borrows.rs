//! A type of the user that borrows from the body.

use stripe_hooks::{EventContext, EventType, FromEvent, Rejection, on_event};

struct Note<'a>(std::marker::PhantomData<&'a str>);

impl<'cx, E: EventType> FromEvent<'cx, E> for Note<'cx> {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Note(std::marker::PhantomData))
    }
}

#[on_event("invoice.paid")]
async fn book(note: Note<'_>) {
    std::future::ready(()).await;
    drop(note);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
