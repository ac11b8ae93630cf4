//! The traits of the marker types, the facts about an event, and the template of the generated rows
//! (`events.rs`).

use crate::schema::HasSchema;

/// A type of event that Stripe sends, as a Rust type: each event of the [`events`](crate::events)
/// module is a marker.
///
/// Only the markers implement it; a handler never needs it.
pub trait EventType: 'static {
    /// The facts that the catalogue holds about this event.
    const INFO: &'static EventInfo;
}

/// An event of API v1, whose body holds the whole object as it was when the event happened (a
/// *snapshot event*).
pub trait SnapshotEventType: EventType {}

/// An event of API v2, whose body only names the object that it is about (a *thin event*, or *event
/// notification*).
pub trait ThinEventType: EventType {}

/// A snapshot event that carries a `T` in `data.object`.
pub trait Carries<T: ?Sized>: SnapshotEventType {}

/// A snapshot event whose object the catalogue describes.
pub trait CarriesObject: SnapshotEventType {
    /// The object that the event carries, or the union of the kinds that it may be.
    type Object: HasSchema;
}

/// The facts about one type of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventInfo {
    /// The name on the wire, such as `payment_intent.succeeded`.
    pub name: &'static str,
    /// The form: a snapshot event or a thin one.
    pub form: EventForm,
    /// The availability: to everyone, or in preview.
    pub status: EventStatus,
    /// The `object` tags of the object that it carries (snapshot) or is about (thin); empty when
    /// there is none or it is not known.
    pub objects: &'static [&'static str],
    /// The API version or month that first had the event; `None` when it is older than the records.
    pub since: Option<&'static str>,
    /// The event of the other form that reports the same change.
    pub twin: Option<&'static str>,
}

/// The two forms in which Stripe reports a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventForm {
    /// `object: "event"`: the whole object is in the body.
    Snapshot,
    /// `object: "v2.core.event"`: the body names the object.
    Thin,
}

/// The availability of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventStatus {
    /// Generally available.
    Available,
    /// In preview: its name is known, and its payload may change.
    Preview,
}

/// An event that Stripe no longer sends.
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

/// The template of the markers: each line of the generated `events.rs` is one event.
macro_rules! define_event_types {
    ($(
        $(#[$doc:meta])*
        $marker:ident $(($payload:ident))? = $form:ident $status:ident $name:literal $objects:tt $since:expr, $twin:expr;
    )*) => {
        $(
            $(#[$doc])*
            pub struct $marker;

            impl $crate::catalogue::template::EventType for $marker {
                const INFO: &'static $crate::catalogue::template::EventInfo = &$crate::catalogue::template::EventInfo {
                    name: $name,
                    form: $crate::catalogue::template::EventForm::$form,
                    status: $crate::catalogue::template::EventStatus::$status,
                    objects: &$objects,
                    since: $since,
                    twin: $twin,
                };
            }
            $crate::catalogue::template::define_event_types!(@form $form $marker);
            $(
                impl $crate::catalogue::template::Carries<objects::$payload> for $marker {}
                impl $crate::catalogue::template::CarriesObject for $marker {
                    type Object = objects::$payload;
                }
            )?
        )*

        /// Every event of the catalogue, sorted by name.
        pub(crate) static ALL: &[&$crate::catalogue::template::EventInfo] =
            &[$(<$marker as $crate::catalogue::template::EventType>::INFO),*];
    };
    (@form Snapshot $marker:ident) => { impl $crate::catalogue::template::SnapshotEventType for $marker {} };
    (@form Thin $marker:ident) => { impl $crate::catalogue::template::ThinEventType for $marker {} };
}
pub(crate) use define_event_types;
