//! The question about an order: whether the objects that events are about can be told from each
//! other.

use crate::{
    catalogue::{EventForm, EventInfo, EventStatus},
    schema::{self, kind_texts::indefinite_article, message::ConstMessage, texts_equal},
};

/// Asks whether the object of each of these events has an id. What the catalogue does not know may
/// have one.
///
/// # Panics
/// While the compiler evaluates: the panic is the compile error.
#[track_caller]
pub const fn assert_order(
    handler: &'static str,
    written: &'static str,
    events: &'static [&'static EventInfo],
) {
    let mut at = 0;
    while at < events.len() {
        if let Some(lack) = find_missing_identity(events[at]) {
            error_message(handler, written, events, events[at], lack).panic_with_message();
        }
        at += 1;
    }
}

/// Why the objects of an event cannot be told from each other.
#[derive(Clone, Copy)]
enum MissingIdentity {
    NoObject,
    /// Of an object of this kind.
    NoId(&'static str),
}

const fn find_missing_identity(event: &EventInfo) -> Option<MissingIdentity> {
    // Of a preview, the catalogue may not know the object; of other events it does.
    if event.objects.is_empty() {
        return match (event.form, event.status) {
            (EventForm::Thin, EventStatus::Available) => Some(MissingIdentity::NoObject),
            _ => None,
        };
    }
    let mut at = 0;
    while at < event.objects.len() {
        let kind = event.objects[at];
        if let Some(shape) = schema::find_shape(kind)
            && shape.field("id").is_none()
        {
            return Some(MissingIdentity::NoId(kind));
        }
        at += 1;
    }
    None
}

const fn error_message(
    handler: &str,
    written: &str,
    events: &[&EventInfo],
    event: &EventInfo,
    lack: MissingIdentity,
) -> ConstMessage {
    let message = ConstMessage::new()
        .push_code(handler)
        .push_text(" cannot keep the order of ")
        .push_code(event.name)
        .push_text(": ");
    let message = match lack {
        MissingIdentity::NoObject => message.push_text("it names no object"),
        MissingIdentity::NoId(kind) => message
            .push_text("it is about ")
            .push_text(indefinite_article(kind))
            .push_code(kind)
            .push_text(", which has no id"),
    };
    if texts_equal(written, event.name) {
        return message.push_text("\nhelp: remove `order`, or take the event in another handler");
    }
    let mut message = message.push_text("\nhelp: write `except(");
    let (mut at, mut listed) = (0, 0);
    while at < events.len() {
        if self::find_missing_identity(events[at]).is_some() {
            message = message
                .push_text(if listed == 0 { "\"" } else { ", \"" })
                .push_text(events[at].name)
                .push_text("\"");
            listed += 1;
        }
        at += 1;
    }
    message.push_text(")`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn of_the_events_that_everybody_gets_few_are_about_what_has_no_id() {
        let has_no_id =
            |event: &&&EventInfo| event.form == EventForm::Snapshot && find_missing_identity(event).is_some();
        let names: Vec<_> = catalogue::all().iter().filter(has_no_id).map(|event| event.name).collect();
        assert_eq!(
            names,
            [
                "balance.available",
                "balance_settings.updated",
                "billing.alert.triggered",
                "cash_balance.funds_available",
                "entitlements.active_entitlement_summary.updated",
                "tax.settings.updated",
            ]
        );
    }

    #[test]
    fn the_objects_of_snapshot_events_are_known() {
        for event in catalogue::all() {
            let known = event.objects.iter().all(|kind| schema::find_shape(kind).is_some());
            let is_snapshot = event.form == EventForm::Snapshot && event.status == EventStatus::Available;
            assert!(known && !event.objects.is_empty() || !is_snapshot, "{}", event.name);
        }
    }
}
