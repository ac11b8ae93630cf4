//! The question about an order: whether the objects that events are about can be told from each
//! other.

use crate::{
    catalogue::{EventForm, EventInfo, EventStatus},
    schema::{self, message::Message, same, words::article},
};

/// Asks whether the object of each of these events has an id. What the catalogue does not know may
/// have one.
///
/// # Panics
/// While the compiler evaluates: the panic is the compile error.
#[track_caller]
pub const fn orders(handler: &'static str, written: &'static str, events: &'static [&'static EventInfo]) {
    let mut at = 0;
    while at < events.len() {
        if let Some(lack) = lack(events[at]) {
            message(handler, written, events, events[at], lack).refuse();
        }
        at += 1;
    }
}

/// Why the objects of an event cannot be told from each other.
#[derive(Clone, Copy)]
enum Lack {
    NoObject,
    /// Of an object of this kind.
    NoId(&'static str),
}

const fn lack(event: &EventInfo) -> Option<Lack> {
    // Of a preview, the catalogue may not know the object; of other events it does.
    if event.objects.is_empty() {
        return match (event.form, event.status) {
            (EventForm::Thin, EventStatus::Available) => Some(Lack::NoObject),
            _ => None,
        };
    }
    let mut at = 0;
    while at < event.objects.len() {
        let kind = event.objects[at];
        if let Some(shape) = schema::find(kind)
            && shape.field("id").is_none()
        {
            return Some(Lack::NoId(kind));
        }
        at += 1;
    }
    None
}

const fn message(
    handler: &str,
    written: &str,
    events: &[&EventInfo],
    event: &EventInfo,
    lack: Lack,
) -> Message {
    let message = Message::new().code(handler).add(" cannot keep the order of ").code(event.name).add(": ");
    let message = match lack {
        Lack::NoObject => message.add("it names no object"),
        Lack::NoId(kind) => {
            message.add("it is about ").add(article(kind)).code(kind).add(", which has no id")
        }
    };
    if same(written, event.name) {
        return message.add("\nhelp: remove `order`, or take the event in another handler");
    }
    let mut message = message.add("\nhelp: write `except(");
    let (mut at, mut listed) = (0, 0);
    while at < events.len() {
        if self::lack(events[at]).is_some() {
            message = message.add(if listed == 0 { "\"" } else { ", \"" }).add(events[at].name).add("\"");
            listed += 1;
        }
        at += 1;
    }
    message.add(")`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn of_the_events_that_everybody_gets_few_are_about_what_has_no_id() {
        let has_no_id = |event: &&&EventInfo| event.form == EventForm::Snapshot && lack(event).is_some();
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
            let known = event.objects.iter().all(|kind| schema::find(kind).is_some());
            let is_snapshot = event.form == EventForm::Snapshot && event.status == EventStatus::Available;
            assert!(known && !event.objects.is_empty() || !is_snapshot, "{}", event.name);
        }
    }
}
