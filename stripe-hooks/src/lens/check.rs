//! The compile-time check of each field of a lens: its type must be able to hold the value at the
//! end of its path.
//!
//! A path that leads nowhere is skipped here, because another check reports it
//! ([`assert_path`](crate::schema::path::assert_path)).

use crate::{
    lens::Accepts,
    schema::{
        Kind, Presence, Shape, Shapes,
        kind_texts::indefinite_article,
        message::ConstMessage,
        path::{PathQuery, ResolvedPath, nth_shape},
        texts_equal,
    },
};

/// Checks that a type can hold the value at the end of a path, in every object that the lens fits.
///
/// # Panics
/// Panics while the compiler evaluates the check. The panic is the compile error.
#[track_caller]
pub const fn assert_type(query: PathQuery, written: &'static str, accepts: Accepts) {
    let mut resolutions = query.resolutions();
    while let Some(resolution) = resolutions.next_resolution() {
        if let Ok(resolved) = resolution.result
            && let Some(misfit) = find_misfit(resolved, accepts)
        {
            misfit.error_message(query, written).panic_with_message();
        }
    }
}

/// The reason why a type cannot hold a value.
#[derive(Clone, Copy)]
enum TypeMisfit {
    Kind(ResolvedPath),
    MayHoldEscapes(ResolvedPath),
    MayBeAbsent(Presence),
    OneOfMany(ResolvedPath),
}

/// Returns the reason why the type does not fit, or `None` if it fits.
const fn find_misfit(resolved: ResolvedPath, accepts: Accepts) -> Option<TypeMisfit> {
    match (resolved.is_repeated, accepts, resolved.optional_because) {
        (true, Accepts::Array(items), _) if accepts_kind(*items, resolved) => None,
        (true, Accepts::Array(_), _) => Some(TypeMisfit::Kind(resolved)),
        (true, ..) => Some(TypeMisfit::OneOfMany(resolved)),
        (false, Accepts::Maybe(accepts), _) if accepts_kind(*accepts, resolved) => None,
        (false, Accepts::BorrowedText | Accepts::Maybe(Accepts::BorrowedText), _)
            if matches!(resolved.kind, Kind::Text) && resolved.own_id_of.is_none() =>
        {
            Some(TypeMisfit::MayHoldEscapes(resolved))
        }
        (false, accepts, _) if !accepts_kind(accepts, resolved) => Some(TypeMisfit::Kind(resolved)),
        // These types are empty if Stripe sends nothing.
        (false, Accepts::List(_) | Accepts::Array(_) | Accepts::Map(_) | Accepts::Metadata, _) => None,
        (false, _, Some(presence)) => Some(TypeMisfit::MayBeAbsent(presence)),
        (false, _, None) => None,
    }
}

/// Returns `true` if a type can hold this kind of value when the value is present.
const fn accepts_kind(accepts: Accepts, resolved: ResolvedPath) -> bool {
    match accepts {
        Accepts::Anything => return true,
        // The catalogue does not say whether items and entries may be null.
        Accepts::Maybe(accepts) => return accepts_kind(*accepts, resolved),
        _ => {}
    }
    match resolved.kind {
        Kind::Text => match (accepts, resolved.own_id_of) {
            (Accepts::Text, _) | (Accepts::BorrowedText, Some(_)) => true,
            (Accepts::Id(name), Some(rust)) => texts_equal(rust, name),
            _ => false,
        },
        Kind::Tag(_) => is_text_type(accepts),
        Kind::Integer => matches!(accepts, Accepts::Integer),
        Kind::Number => matches!(accepts, Accepts::Number),
        Kind::Decimal => is_text_type(accepts) || matches!(accepts, Accepts::Decimal),
        Kind::Flag => matches!(accepts, Accepts::Flag),
        Kind::Time => matches!(accepts, Accepts::Time | Accepts::Integer),
        Kind::Rfc3339 => is_text_type(accepts) || matches!(accepts, Accepts::Rfc3339),
        Kind::Currency => is_text_type(accepts) || matches!(accepts, Accepts::Currency),
        Kind::Any => false,
        Kind::Metadata => match accepts {
            Accepts::Metadata => true,
            Accepts::Map(each) => accepts_kind(*each, resolved.with_kind(Kind::Text)),
            _ => false,
        },
        Kind::Enum(values) => match (accepts, values.rust) {
            (Accepts::Enum(name), Some(rust)) => texts_equal(rust, name),
            _ => is_text_type(accepts),
        },
        Kind::Id(target) => match accepts {
            Accepts::Id(name) => texts_equal(target.rust, name),
            _ => is_text_type(accepts),
        },
        Kind::Record(shape) => match accepts {
            Accepts::Record(name) => texts_equal(shape.rust, name),
            Accepts::Lens(shapes) => includes(shapes, shape),
            _ => false,
        },
        Kind::Union(union) => match accepts {
            Accepts::Record(name) => texts_equal(union.rust, name),
            Accepts::Lens(shapes) => includes_each(shapes, union.variants),
            _ => false,
        },
        Kind::List(of) => match accepts {
            Accepts::List(each) => accepts_kind(*each, resolved.with_kind(*of)),
            _ => false,
        },
        Kind::Array(of) => match accepts {
            Accepts::Array(each) => accepts_kind(*each, resolved.with_kind(*of)),
            _ => false,
        },
        Kind::Map(of) => match accepts {
            Accepts::Map(each) => accepts_kind(*each, resolved.with_kind(*of)),
            _ => false,
        },
    }
}

const fn is_text_type(accepts: Accepts) -> bool {
    matches!(accepts, Accepts::Text | Accepts::BorrowedText)
}

const fn includes_each(shapes: Shapes, variants: &[&Shape]) -> bool {
    let mut at = 0;
    while at < variants.len() {
        if !includes(shapes, variants[at]) {
            return false;
        }
        at += 1;
    }
    true
}

const fn includes(shapes: Shapes, shape: &Shape) -> bool {
    let mut at = 0;
    while let Some(other) = nth_shape(shapes, at) {
        if texts_equal(other.name, shape.name) {
            return true;
        }
        at += 1;
    }
    false
}

impl TypeMisfit {
    const fn error_message(self, query: PathQuery, written: &'static str) -> ConstMessage {
        let message = ConstMessage::new()
            .push_code(query.path)
            .push_text(" cannot be a plain ")
            .push_code(written)
            .push_text(": ");
        match self {
            Self::MayBeAbsent(presence) => message
                .push_text(match presence {
                    Presence::Null => "Stripe may send null",
                    Presence::Absent => "Stripe may leave it out",
                    Presence::Either => "Stripe may send null, or leave it out",
                    Presence::Now | Presence::Always => "older versions of the API leave it out",
                })
                .push_text("\nhelp: write `Option<")
                .push_text(written)
                .push_text(">`"),
            Self::OneOfMany(resolved) => {
                let message = ConstMessage::new()
                    .push_code(query.path)
                    .push_text(" cannot be ")
                    .push_text(indefinite_article(written))
                    .push_code(written);
                let message = message
                    .push_text(": the path leads through an array, and may find several\nhelp: write `Vec<");
                add_rust_type(message, resolved).push_text(">`")
            }
            Self::MayHoldEscapes(resolved) => ConstMessage::new()
                .push_code(query.path)
                .push_text(" cannot be ")
                .push_text(indefinite_article(written))
                .push_code(written)
                .push_text(": what people write may hold escapes, and is then not borrowed\nhelp: write `")
                .push_text(if resolved.optional_because.is_some() {
                    "Option<Cow<'a, str>>`, or `Option<String>`"
                } else {
                    "Cow<'a, str>`, or `String`"
                }),
            Self::Kind(resolved) => {
                let message = ConstMessage::new()
                    .push_code(query.path)
                    .push_text(" cannot be ")
                    .push_text(indefinite_article(written))
                    .push_code(written);
                let message =
                    message.push_text(": Stripe sends ").push_kind(resolved.kind).push_text("\nhelp: ");
                add_suggested_type(message, resolved)
            }
        }
    }
}

/// Adds the type to write instead of a type that does not fit.
const fn add_suggested_type(message: ConstMessage, resolved: ResolvedPath) -> ConstMessage {
    let optional =
        resolved.optional_because.is_some() && !resolved.is_repeated && !resolved.kind.is_empty_when_absent();
    if let Kind::Record(shape) = resolved.kind {
        return message
            .push_text("write a struct of your own with `#[derive(Lens)]` and `#[lens(\"")
            .push_text(shape.name)
            .push_text("\")]`, or ")
            .push_text(if optional { "`Option<" } else { "`" })
            .push_text(shape.rust)
            .push_text(if optional { ">`" } else { "`" });
    }
    let open = match (resolved.is_repeated, optional) {
        (true, _) => "write `Vec<",
        (false, true) => "write `Option<",
        (false, false) => "write `",
    };
    add_rust_type(message.push_text(open), resolved).push_text(if resolved.is_repeated || optional {
        ">`"
    } else {
        "`"
    })
}

/// Adds the type that holds this kind of value.
const fn add_rust_type(message: ConstMessage, resolved: ResolvedPath) -> ConstMessage {
    match resolved.kind {
        Kind::Text | Kind::Tag(_) => match resolved.own_id_of {
            Some(rust) => message.push_text("Id<").push_text(rust).push_text(">"),
            None => message.push_text("String"),
        },
        Kind::Integer => message.push_text("i64"),
        Kind::Number => message.push_text("f64"),
        Kind::Decimal => message.push_text("Decimal"),
        Kind::Flag => message.push_text("bool"),
        Kind::Time => message.push_text("Timestamp"),
        Kind::Rfc3339 => message.push_text("Rfc3339"),
        Kind::Currency => message.push_text("Currency"),
        Kind::Any => message.push_text("Raw"),
        Kind::Metadata => message.push_text("Metadata"),
        Kind::Enum(values) => match values.rust {
            Some(rust) => message.push_text(rust),
            None => message.push_text("String"),
        },
        Kind::Id(target) => message.push_text("Id<").push_text(target.rust).push_text(">"),
        Kind::Record(shape) => message.push_text(shape.rust),
        Kind::Union(union) => message.push_text(union.rust),
        Kind::List(items) => {
            add_rust_type(message.push_text("List<"), resolved.with_kind(*items)).push_text(">")
        }
        Kind::Array(items) => {
            add_rust_type(message.push_text("Vec<"), resolved.with_kind(*items)).push_text(">")
        }
        Kind::Map(items) => {
            add_rust_type(message.push_text("BTreeMap<String, "), resolved.with_kind(*items)).push_text(">")
        }
    }
}
