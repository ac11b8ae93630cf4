//! Events that the catalogue does not list: stand-ins for the checks of handlers that take them.

use super::template::{EventForm, EventInfo, EventStatus, EventType, SnapshotEventType, ThinEventType};

/// The name that stands for every name.
pub(crate) const ANY_EVENT_NAME: &str = "*";

/// The facts of an event that the catalogue does not know.
#[must_use]
pub const fn unlisted(name: &'static str, form: EventForm) -> EventInfo {
    EventInfo { name, form, status: EventStatus::Available, objects: &[], since: None, twin: None }
}

/// Any snapshot event: the arguments of a handler are checked against it where the catalogue does
/// not know the event, for `"*"` and for `unlisted` events.
#[derive(Debug)]
pub struct AnySnapshot;

impl EventType for AnySnapshot {
    const INFO: &'static EventInfo = &unlisted(ANY_EVENT_NAME, EventForm::Snapshot);
}

impl SnapshotEventType for AnySnapshot {}

/// Any thin event: the arguments of a handler of `unlisted` thin events are checked against it.
#[derive(Debug)]
pub struct AnyThin;

impl EventType for AnyThin {
    const INFO: &'static EventInfo = &unlisted(ANY_EVENT_NAME, EventForm::Thin);
}

impl ThinEventType for AnyThin {}
