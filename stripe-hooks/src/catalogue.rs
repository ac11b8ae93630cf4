//! What the catalogue of events is made of: the marker types, what each event carries, and how a name is looked up.
//!
//! The rows themselves are generated (`events.rs`); this module is their template and depends on nothing else of ours.

use crate::{
    fields::{Deletable, OrDeleted},
    schema::Described,
};

/// One kind of event that Stripe sends, as a type: each event of the [`events`](crate::events) module is a marker.
///
/// Implemented for the markers only; a handler never needs it.
pub trait EventType: 'static {
    /// The facts that the catalogue holds about this event.
    const INFO: &'static EventInfo;
}

/// An event of API v1, whose body holds the whole object as it was when the event happened (a *snapshot event*).
pub trait SnapshotEventType: EventType {}

/// An event of API v2, whose body only names the object that it is about (a *thin event*, or *event notification*).
pub trait ThinEventType: EventType {}

/// Says that this snapshot event carries a `T` in `data.object`.
pub trait Carries<T: ?Sized>: SnapshotEventType {}

/// Says which object this snapshot event carries.
pub trait CarriesObject: SnapshotEventType {
    /// The object, or the union of those that it may be.
    type Object: Described;
}

/// What the catalogue knows about one kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventInfo {
    /// The name on the wire, such as `payment_intent.succeeded`.
    pub name: &'static str,
    /// Whether the event is a snapshot event or a thin one.
    pub form: EventForm,
    /// Whether Stripe sends it to everyone.
    pub status: EventStatus,
    /// The `object` tags of what it carries (snapshot) or is about (thin); empty when there is none or it is not known.
    pub objects: &'static [&'static str],
    /// The API version or month that first had it; `None` when it is older than the records.
    pub since: Option<&'static str>,
    /// The event of the other form that tells of the same change.
    pub twin: Option<&'static str>,
}

/// The two forms in which Stripe tells of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventForm {
    /// `object: "event"`: the whole object is in the body.
    Snapshot,
    /// `object: "v2.core.event"`: the body names the object.
    Thin,
}

/// How available an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventStatus {
    /// Generally available.
    Available,
    /// In preview: its name is known, its payload may change.
    Preview,
}

/// An event that Stripe sent once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetiredEvent {
    /// The name on the wire.
    pub name: &'static str,
    /// The month in which it was first seen gone, such as `2022-05`.
    pub until: &'static str,
    /// The event to handle instead.
    pub see: Option<&'static str>,
}

/// The template of the markers: one line of the generated `events.rs` is one event.
macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $marker:ident $(($payload:ident))? = $form:ident $status:ident $name:literal $objects:tt $since:expr, $twin:expr;
    )*) => {
        $(
            $(#[$doc])*
            pub struct $marker;

            impl $crate::catalogue::EventType for $marker {
                const INFO: &'static $crate::catalogue::EventInfo = &$crate::catalogue::EventInfo {
                    name: $name,
                    form: $crate::catalogue::EventForm::$form,
                    status: $crate::catalogue::EventStatus::$status,
                    objects: &$objects,
                    since: $since,
                    twin: $twin,
                };
            }
            $crate::catalogue::events!(@form $form $marker);
            $(
                impl $crate::catalogue::Carries<objects::$payload> for $marker {}
                impl $crate::catalogue::CarriesObject for $marker {
                    type Object = objects::$payload;
                }
            )?
        )*

        /// Every event of the catalogue, sorted by name.
        pub(crate) static ALL: &[&$crate::catalogue::EventInfo] =
            &[$(<$marker as $crate::catalogue::EventType>::INFO),*];
    };
    (@form Snapshot $marker:ident) => { impl $crate::catalogue::SnapshotEventType for $marker {} };
    (@form Thin $marker:ident) => { impl $crate::catalogue::ThinEventType for $marker {} };
}
pub(crate) use events;

/// Every event that the catalogue knows, previews included, sorted by name.
#[must_use]
pub fn all() -> &'static [&'static EventInfo] {
    crate::events::ALL
}

/// What the catalogue knows about the event of this name on the wire.
#[must_use]
pub fn lookup(name: &str) -> Option<&'static EventInfo> {
    all().binary_search_by(|event| event.name.cmp(name)).ok().map(|at| all()[at])
}

/// The events that Stripe sends no longer, sorted by name.
#[must_use]
pub fn retired() -> &'static [RetiredEvent] {
    crate::events::RETIRED
}

impl<E, T> Carries<OrDeleted<T>> for E
where
    E: Carries<T>,
    T: Deletable,
{
}
