//! The shapes that the catalogue has no row for: that of a thin event itself, and that of an object of which nothing is known.

use crate::schema::{
    Field,
    Kind::{self, Any, Flag, Record, Rfc3339, Tag, Text},
    Presence::{self, Absent, Always, Either, Null},
    Shape,
};

const fn schema_field(name: &'static str, presence: Presence, kind: Kind) -> Field {
    Field { name, presence, kind }
}

const fn schema_part(name: &'static str, fields: &'static [Field]) -> Shape {
    Shape { name, rust: "", tag: None, id_prefix: None, fields }
}

/// A thin event. See <https://docs.stripe.com/api/v2/core/events/object>.
pub(crate) static THIN_EVENT: Shape = schema_part(
    "v2.core.event",
    &[
        schema_field("id", Always, Text),
        schema_field("object", Always, Tag("v2.core.event")),
        schema_field("changes", Absent, Any),
        schema_field("context", Either, Text),
        schema_field("created", Always, Rfc3339),
        schema_field("data", Absent, Any),
        schema_field("livemode", Always, Flag),
        schema_field("reason", Either, Record(&EVENT_REASON)),
        schema_field("related_object", Either, Record(&RELATED_OBJECT)),
        schema_field("snapshot_event", Absent, Text),
        schema_field("type", Always, Text),
    ],
);

static EVENT_REASON: Shape = schema_part(
    "v2.core.event.reason",
    &[schema_field("type", Always, Text), schema_field("request", Either, Record(&REASON_REQUEST))],
);

static REASON_REQUEST: Shape = schema_part(
    "v2.core.event.reason.request",
    &[schema_field("id", Null, Text), schema_field("idempotency_key", Null, Text)],
);

static RELATED_OBJECT: Shape = schema_part(
    "v2.core.event.related_object",
    &[
        schema_field("id", Always, Text),
        schema_field("type", Always, Text),
        schema_field("url", Either, Text),
    ],
);

/// The object of a preview.
pub(crate) static UNTYPED_OBJECT: Shape = schema_part("object", &[]);
