//! The shapes that the catalogue has no row for: that of a thin event itself, and that of an object of which nothing is known.

use crate::schema::{
    Field,
    Kind::{self, Any, Flag, Record, Rfc3339, Tag, Text},
    Presence::{self, Absent, Always, Either, Null},
    Shape,
};

const fn field(name: &'static str, presence: Presence, kind: Kind) -> Field {
    Field { name, presence, kind }
}

const fn part(name: &'static str, fields: &'static [Field]) -> Shape {
    Shape { name, rust: "", tag: None, id_prefix: None, fields }
}

/// A thin event. See <https://docs.stripe.com/api/v2/core/events/object>.
pub(crate) static EVENT: Shape = part(
    "v2.core.event",
    &[
        field("id", Always, Text),
        field("object", Always, Tag("v2.core.event")),
        field("changes", Absent, Any),
        field("context", Either, Text),
        field("created", Always, Rfc3339),
        field("data", Absent, Any),
        field("livemode", Always, Flag),
        field("reason", Either, Record(&REASON)),
        field("related_object", Either, Record(&RELATED_OBJECT)),
        field("snapshot_event", Absent, Text),
        field("type", Always, Text),
    ],
);

static REASON: Shape =
    part("v2.core.event.reason", &[field("type", Always, Text), field("request", Either, Record(&REQUEST))]);

static REQUEST: Shape =
    part("v2.core.event.reason.request", &[field("id", Null, Text), field("idempotency_key", Null, Text)]);

static RELATED_OBJECT: Shape = part(
    "v2.core.event.related_object",
    &[field("id", Always, Text), field("type", Always, Text), field("url", Either, Text)],
);

/// The object of a preview.
pub(crate) static UNTYPED: Shape = part("object", &[]);
