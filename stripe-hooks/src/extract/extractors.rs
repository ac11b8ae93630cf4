//! The extractors of an argument, one for each type of event of its handler, and the macro that
//! writes the local trait of an argument.

use super::{FromEvent, Needs};
use crate::{
    catalogue::{
        template::{EventInfo, EventType},
        unlisted::ANY_EVENT_NAME,
    },
    context::EventContext,
    rejection::Rejection,
};

/// The type itself, for a type that the compiler infers. Unlike `_` it has several tokens, so that an
/// error can mark a type of several tokens.
pub type SameType<T> = T;

/// A function that makes an argument from an event.
pub type ExtractFn<'cx, T> = fn(&EventContext<'cx>) -> Result<T, Rejection>;

/// The extractors of one argument of a handler, one for each type of its events.
#[derive(Debug)]
pub struct Extractors<'cx, T> {
    /// The functions that make the argument.
    pub extract: &'cx [ExtractFn<'cx, T>],
    /// The functions that add what the argument needs from the endpoint.
    pub needs: &'cx [fn(&mut Needs)],
}

impl<'cx, T: 'cx> Extractors<'cx, T> {
    /// Returns the only extractor, for a handler of one type of event.
    #[must_use]
    pub const fn for_event<E: EventType>() -> Self
    where
        T: FromEvent<'cx, E>,
    {
        Self { extract: &[T::from_event], needs: &[T::needs] }
    }
}

/// Writes the trait that an argument of a handler must implement, with the text of the error for a
/// type that does not. The runtime writes it and not the expansion, because the compiler takes
/// longer to read the output of a procedural macro than that of a macro like this one.
#[doc(hidden)]
#[macro_export]
macro_rules! __argument {
    ($name:ident, $message:tt, $label:tt, $help:tt, $($marker:ty),*) => {
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $help)]
        trait $name<'cx>: Sized + 'cx {
            const FROM: $crate::__private::Extractors<'cx, Self>;
        }
        #[diagnostic::do_not_recommend]
        impl<'cx, T: 'cx> $name<'cx> for T
        where
            $(T: $crate::__private::FromEvent<'cx, $marker>,)*
        {
            const FROM: $crate::__private::Extractors<'cx, Self> = $crate::__argument!(extractors 'cx $($marker),*);
        }
    };
    (extractors $cx:lifetime $marker:ty) => {
        $crate::__private::Extractors::for_event::<$marker>()
    };
    (extractors $cx:lifetime $($marker:ty),*) => {
        $crate::__private::Extractors {
            extract: &[$(<T as $crate::__private::FromEvent<$cx, $marker>>::from_event),*],
            needs: &[$(<T as $crate::__private::FromEvent<$cx, $marker>>::needs),*],
        }
    };
}
pub use __argument as argument;

/// Returns the index of the extractor that suits the event, for a handler of several types of
/// event.
///
/// # Errors
/// When the event is of another type.
pub fn extractor_index(events: &[&'static EventInfo], event: &EventContext<'_>) -> Result<usize, Rejection> {
    let suiting = |wanted| events.iter().position(|info| info.match_event(event) == wanted);
    let not_for_this = || Rejection::new("the handler is not for this kind of event");
    suiting(EventMatch::ExactName).or_else(|| suiting(EventMatch::Wildcard)).ok_or_else(not_for_this)
}

/// The relation between a type of event that a handler takes and the event that has arrived.
#[derive(PartialEq)]
enum EventMatch {
    NoMatch,
    /// The type stands for every event of its form, as `AnySnapshot` and `AnyThin` do.
    Wildcard,
    ExactName,
}

impl EventInfo {
    fn match_event(&self, event: &EventContext<'_>) -> EventMatch {
        if self.name == event.envelope.event_type {
            EventMatch::ExactName
        } else if self.name == ANY_EVENT_NAME && Some(self.form) == event.envelope.form {
            EventMatch::Wildcard
        } else {
            EventMatch::NoMatch
        }
    }
}
