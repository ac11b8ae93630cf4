//! Paths into objects: the types at their ends, and the error messages for paths that lead nowhere.
//!
//! The macros check a path with functions that they call in a constant, at the user's own token. If
//! the check fails, the function panics, and the compiler shows an error with the text of the
//! panic.

use super::{
    kind_texts::indefinite_article,
    list_object::ListMember,
    lookup::is_referenceable,
    message::ConstMessage,
    nearest_name::{Candidates, nearest_name},
    shape::{Field, JsonType, Kind, Presence, Shape, Shapes, Target, texts_equal},
};

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A step into the value of a key.
    Key(&'static str),
    /// A step into each item of an array.
    Each,
}

/// A path to check, with the data that its error messages need.
#[derive(Clone, Copy, Debug)]
pub struct PathQuery {
    /// The lens or the handler that reads the path, or an empty string if the path names the object
    /// of a lens.
    pub reader: &'static str,
    /// The path, as the user wrote it.
    pub path: &'static str,
    /// The path in steps.
    pub steps: &'static [Step],
    /// The objects that the path reads.
    pub shapes: Shapes,
}

/// Returns a path to check. The arguments are in the order of the fields of [`PathQuery`].
#[must_use]
pub const fn path_query(
    reader: &'static str,
    path: &'static str,
    steps: &'static [Step],
    shapes: Shapes,
) -> PathQuery {
    PathQuery { reader, path, steps, shapes }
}

/// The resolution of a path that begins in one object.
#[derive(Clone, Copy)]
pub(crate) struct PathResolution {
    root: &'static Shape,
    pub(crate) result: Result<ResolvedPath, UnresolvedPath>,
}

/// Iterator over the resolutions of a path. It finds each resolution once, because the compiler
/// evaluates it for every field of every lens.
pub(crate) struct PathResolutions {
    query: PathQuery,
    object_index: usize,
    branch: usize,
    branch_count: usize,
}

impl PathQuery {
    /// Returns the resolutions of the path: one for each object, and one for each variant of a
    /// union on the path.
    pub(crate) const fn resolutions(self) -> PathResolutions {
        PathResolutions { query: self, object_index: 0, branch: 0, branch_count: 1 }
    }
}

impl PathResolutions {
    pub(crate) const fn next_resolution(&mut self) -> Option<PathResolution> {
        let Some(root) = nth_shape(self.query.shapes, self.object_index) else { return None };
        let result = follow_path(root, self.query.steps, self.branch);
        if self.branch == 0 {
            self.branch_count = match result {
                Ok(resolved) => resolved.branch_count,
                Err(_) => 1,
            };
        }
        self.branch += 1;
        if self.branch == self.branch_count {
            self.object_index += 1;
            self.branch = 0;
        }
        Some(PathResolution { root, result })
    }
}

/// Checks that a path leads to a value in every object that it reads. Returns the path, for further
/// checks.
///
/// # Panics
/// Panics while the compiler evaluates the check. The panic is the compile error.
#[must_use]
#[track_caller]
pub const fn assert_path(query: PathQuery) -> PathQuery {
    let mut resolutions = query.resolutions();
    while let Some(resolution) = resolutions.next_resolution() {
        if let Err(unresolved) = resolution.result {
            unresolved.error_message(resolution.root, query).panic_with_message();
        }
    }
    query
}

/// A value in an object, to which a path leads.
#[derive(Clone, Copy)]
pub(crate) struct ResolvedPath {
    pub(crate) kind: Kind,
    /// The reason why the value may be absent, if it may be absent.
    pub(crate) optional_because: Option<Presence>,
    /// `true` if the path has led through an array.
    pub(crate) is_repeated: bool,
    /// The Rust type of the object whose own id this is, if it is one.
    pub(crate) own_id_of: Option<&'static str>,
    /// Number of combinations of union variants through which the path may have led.
    branch_count: usize,
}

/// The reason why a path leads nowhere.
#[derive(Clone, Copy)]
pub(crate) struct UnresolvedPath {
    /// Number of steps that were taken before the step that failed.
    steps_taken: usize,
    reason: UnresolvedReason,
}

#[derive(Clone, Copy)]
enum UnresolvedReason {
    UnknownField(&'static Shape),
    BehindReference(&'static Target),
    NoMembers(Kind),
    ArrayWithoutBrackets,
    BracketsWithoutArray(Kind),
}

impl ResolvedPath {
    const fn from_shape(shape: &'static Shape) -> Self {
        Self {
            kind: Kind::Record(shape),
            optional_because: None,
            is_repeated: false,
            own_id_of: None,
            branch_count: 1,
        }
    }

    pub(crate) const fn with_kind(self, kind: Kind) -> Self {
        Self { kind, own_id_of: None, ..self }
    }

    /// Continues into a field. The presence of the field decides whether its value may be
    /// absent.
    const fn into_field(self, shape: &'static Shape, field: &'static Field) -> Self {
        let unless = match field.presence {
            Presence::Always => self.optional_because,
            presence => Some(presence),
        };
        // An object that exists only within other objects has no type that an `Id<…>` could name.
        let id_of = if shape.tag.is_some() && texts_equal(field.name, "id") && is_referenceable(shape.rust) {
            Some(shape.rust)
        } else {
            None
        };
        Self { kind: field.kind, optional_because: unless, own_id_of: id_of, ..self }
    }

    /// Takes one more step. [`follow_path`] handles unions, because a union leads to several
    /// values.
    const fn follow_step(self, step: Step) -> Result<Self, UnresolvedReason> {
        let key = match (self.kind.json_type(), step) {
            (JsonType::Array(items), Step::Each) => {
                return Ok(Self { optional_because: None, is_repeated: true, ..self.with_kind(*items) });
            }
            (_, Step::Each) => return Err(UnresolvedReason::BracketsWithoutArray(self.kind)),
            (_, Step::Key(key)) => key,
        };
        if let Kind::Id(target) = self.kind {
            return Err(UnresolvedReason::BehindReference(target));
        }
        match self.kind.json_type() {
            JsonType::Record(shape) => match shape.field(key) {
                Some(field) => Ok(self.into_field(shape, field)),
                None => Err(UnresolvedReason::UnknownField(shape)),
            },
            JsonType::List(items) => match ListMember::from_key(key) {
                Some(ListMember::Data) => Ok(self.with_kind(ListMember::Data.kind(items))),
                Some(member) => Ok(Self {
                    optional_because: Some(Presence::Absent),
                    ..self.with_kind(member.kind(items))
                }),
                None => Err(UnresolvedReason::ArrayWithoutBrackets),
            },
            JsonType::Array(_) => Err(UnresolvedReason::ArrayWithoutBrackets),
            JsonType::Map(entries) => {
                Ok(Self { optional_because: Some(Presence::Absent), ..self.with_kind(*entries) })
            }
            _ => Err(UnresolvedReason::NoMembers(self.kind)),
        }
    }
}

/// Follows a path to its end. The number `branch` selects the variants of the unions on the path.
pub(super) const fn follow_path(
    root: &'static Shape,
    steps: &[Step],
    branch: usize,
) -> Result<ResolvedPath, UnresolvedPath> {
    let (mut resolved, mut taken, mut branch) = (ResolvedPath::from_shape(root), 0, branch);
    while taken < steps.len() {
        if let (JsonType::Union(union), Step::Key(_)) = (resolved.kind.json_type(), steps[taken]) {
            let kinds = union.variants.len();
            resolved = ResolvedPath {
                kind: Kind::Record(union.variants[branch % kinds]),
                branch_count: resolved.branch_count * kinds,
                ..resolved
            };
            branch /= kinds;
        }
        match resolved.follow_step(steps[taken]) {
            Ok(next) => resolved = next,
            Err(why) => return Err(UnresolvedPath { steps_taken: taken, reason: why }),
        }
        taken += 1;
    }
    Ok(resolved)
}

impl UnresolvedPath {
    /// Returns the error message for a path that leads nowhere from an object.
    pub(super) const fn error_message(self, root: &'static Shape, query: PathQuery) -> ConstMessage {
        let message = if query.reader.is_empty() {
            ConstMessage::new().push_code(query.path).push_text(" is no object: ")
        } else {
            ConstMessage::new()
                .push_code(query.reader)
                .push_text(" cannot read ")
                .push_code(query.path)
                .push_text(": ")
        };
        match self.reason {
            UnresolvedReason::UnknownField(shape) => {
                let written = match query.steps[self.steps_taken] {
                    Step::Key(key) => key,
                    Step::Each => "[]",
                };
                let message = message
                    .push_code(shape.name)
                    .push_text(" has no field ")
                    .push_code(written)
                    .push_text("\nhelp: ");
                if self.steps_taken == 0 && query.steps.len() > 1 && is_envelope_key(written, shape) {
                    return message
                        .push_text("a path begins in the object: leave out what leads to its first field");
                }
                match nearest_name(written, Candidates::Fields(shape.fields)) {
                    Some(near) => message.push_text("did you mean ").push_code(near).push_text("?"),
                    None => message
                        .push_text("its fields are those of ")
                        .push_code(shape.rust)
                        .push_text(" in `stripe_hooks::objects`"),
                }
            }
            UnresolvedReason::BehindReference(target) => {
                let message =
                    push_quoted_prefix(message, root, query, self.steps_taken).push_text(" is the id of ");
                let message = message.push_text(indefinite_article(target.rust)).push_code(target.rust);
                let message = message.push_text(", and an event does not hold what ids lead to\nhelp: ");
                let message = self.advise_shorter_path(message, root, query).push_text(", which is an `Id<");
                message.push_text(target.rust).push_text(">`")
            }
            UnresolvedReason::NoMembers(kind) => {
                let message = push_quoted_prefix(message, root, query, self.steps_taken).push_text(" is ");
                let message = message.push_kind(kind).push_text(", with nothing in it to read\nhelp: ");
                self.advise_shorter_path(message, root, query)
            }
            UnresolvedReason::ArrayWithoutBrackets => {
                let message = push_quoted_prefix(message, root, query, self.steps_taken)
                    .push_text(" holds several things\nhelp: write ");
                let data = if self.is_in_list(root, query) { ".data" } else { "" };
                push_path_prefix(message.push_text("`"), root, query, self.steps_taken)
                    .push_text(data)
                    .push_text("[]` for each of them")
            }
            UnresolvedReason::BracketsWithoutArray(Kind::List(_)) => {
                let message = push_quoted_prefix(message, root, query, self.steps_taken)
                    .push_text(" is a list object\nhelp: write ");
                push_path_prefix(message.push_text("`"), root, query, self.steps_taken)
                    .push_text(".data[]` for each of its items")
            }
            UnresolvedReason::BracketsWithoutArray(kind) => {
                let message = push_quoted_prefix(message, root, query, self.steps_taken).push_text(" is ");
                message.push_kind(kind).push_text(", and no array\nhelp: remove `[]`")
            }
        }
    }

    /// Adds the advice to read the value before the step that failed.
    const fn advise_shorter_path(
        self,
        message: ConstMessage,
        root: &'static Shape,
        query: PathQuery,
    ) -> ConstMessage {
        let message = match query.reader.is_empty() {
            true => message.push_text("in a lens of `\"").push_text(root.name).push_text("\"` read "),
            false => message.push_text("end the path at "),
        };
        push_quoted_prefix(message, root, query, self.steps_taken)
    }

    /// Returns `true` if the path failed in a list object, not in an array.
    const fn is_in_list(self, root: &'static Shape, query: PathQuery) -> bool {
        let (before, _) = query.steps.split_at(self.steps_taken);
        match follow_path(root, before, 0) {
            Ok(resolved) => matches!(resolved.kind, Kind::List(_)),
            Err(_) => false,
        }
    }
}

/// Returns `true` if a key names a part of the event around an object, or the object itself.
const fn is_envelope_key(key: &str, shape: &Shape) -> bool {
    texts_equal(key, "data")
        || texts_equal(key, "object")
        || texts_equal(key, "previous_attributes")
        || texts_equal(key, shape.name)
}

/// Adds the path up to some step, in backticks.
const fn push_quoted_prefix(
    message: ConstMessage,
    root: &Shape,
    query: PathQuery,
    taken: usize,
) -> ConstMessage {
    push_path_prefix(message.push_text("`"), root, query, taken).push_text("`")
}

/// Adds the first steps of a path as they are written. Without any step, adds the name of the
/// object.
const fn push_path_prefix(
    message: ConstMessage,
    root: &Shape,
    query: PathQuery,
    taken: usize,
) -> ConstMessage {
    let mut message = message;
    let mut at = 0;
    while at < taken {
        message = match query.steps[at] {
            Step::Key(key) if at == 0 => message.push_text(key),
            Step::Key(key) => message.push_text(".").push_text(key),
            Step::Each => message.push_text("[]"),
        };
        at += 1;
    }
    if taken == 0 { message.push_text(root.name) } else { message }
}

/// Returns the n-th of the kinds of object.
pub(crate) const fn nth_shape(shapes: Shapes, n: usize) -> Option<&'static Shape> {
    let (mut group, mut before) = (0, 0);
    while group < shapes.len() {
        if n - before < shapes[group].len() {
            return Some(shapes[group][n - before]);
        }
        before += shapes[group].len();
        group += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    fn resolve_to_text(shapes: Shapes, steps: &'static [Step]) -> Vec<String> {
        let query = PathQuery { reader: "", path: "", steps, shapes };
        let tell = |resolution: PathResolution| match resolution.result {
            Ok(ResolvedPath { kind, optional_because: unless, is_repeated: many, .. }) => {
                format!("{} {unless:?} {many}", ConstMessage::new().push_kind(kind).as_str())
            }
            Err(UnresolvedPath { steps_taken: taken, .. }) => format!("lost after {taken}"),
        };
        let mut resolutions = query.resolutions();
        std::iter::from_fn(|| resolutions.next_resolution()).map(tell).collect()
    }

    #[test]
    fn a_path_has_an_end_in_each_object_and_in_each_kind_of_a_union() {
        use Step::{Each, Key};

        const ACCOUNT_SHAPES: &[&Shape] = &[&schema::Account];
        const MONEY_SHAPES: &[&Shape] = &[&schema::Charge, &schema::Refund];
        assert_eq!(resolve_to_text(&[MONEY_SHAPES], &[Key("amount")]), ["a whole number None false"; 2]);
        assert_eq!(
            resolve_to_text(&[MONEY_SHAPES, ACCOUNT_SHAPES], &[Key("captured")]),
            ["true or false None false", "lost after 0", "lost after 0"]
        );
        let accounts = &[Key("external_accounts"), Key("data"), Each, Key("last4")];
        assert_eq!(
            resolve_to_text(&[ACCOUNT_SHAPES], accounts),
            ["text None true", "text None true", "lost after 3"],
            "a bank account, a card, and a source, which has none"
        );
        assert!(resolve_to_text(&[], &[Key("amount")]).is_empty());
    }

    #[test]
    fn what_may_be_absent_on_the_way_may_be_absent_at_the_end() {
        use Step::Key;

        const INVOICE_SHAPES: &[&Shape] = &[&schema::Invoice];
        assert_eq!(
            resolve_to_text(&[INVOICE_SHAPES], &[Key("customer_address"), Key("city")]),
            ["text Some(Null) false"]
        );
        assert_eq!(
            resolve_to_text(&[INVOICE_SHAPES], &[Key("metadata"), Key("order")]),
            ["text Some(Absent) false"]
        );
        assert_eq!(resolve_to_text(&[INVOICE_SHAPES], &[Key("lines"), Key("data")]), ["an array None false"]);
        assert_eq!(
            resolve_to_text(&[INVOICE_SHAPES], &[Key("custom_fields")]),
            ["an array Some(Null) false"]
        );
    }
}
