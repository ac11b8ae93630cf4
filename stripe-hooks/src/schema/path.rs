//! Paths into objects: the types at their ends, and the error messages for paths that lead nowhere.
//!
//! The macros check a path with functions that they call in a constant, at the user's own token. If
//! the check fails, the function panics, and the compiler shows an error with the text of the
//! panic.

use super::{
    find::is_standing,
    list::ListMember,
    message::Message,
    nearest::{Names, nearest},
    shape::{Field, JsonType, Kind, Presence, Shape, Shapes, Target, same},
    words::article,
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
pub struct Asked {
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

/// Returns a path to check. The arguments are in the order of the fields of [`Asked`].
#[must_use]
pub const fn asked(
    reader: &'static str,
    path: &'static str,
    steps: &'static [Step],
    shapes: Shapes,
) -> Asked {
    Asked { reader, path, steps, shapes }
}

/// The end of a path that begins in one object.
#[derive(Clone, Copy)]
pub(crate) struct End {
    root: &'static Shape,
    pub(crate) place: Result<Place, Lost>,
}

/// Iterator over the ends of a path. It finds each end once, because the compiler evaluates it for
/// every field of every lens.
pub(crate) struct Ends {
    asked: Asked,
    object: usize,
    way: usize,
    ways: usize,
}

impl Asked {
    /// Returns the ends of the path: one for each object, and one for each variant of a union on
    /// the path.
    pub(crate) const fn ends(self) -> Ends {
        Ends { asked: self, object: 0, way: 0, ways: 1 }
    }
}

impl Ends {
    pub(crate) const fn next(&mut self) -> Option<End> {
        let Some(root) = nth(self.asked.shapes, self.object) else { return None };
        let place = arrive(root, self.asked.steps, self.way);
        if self.way == 0 {
            self.ways = match place {
                Ok(place) => place.ways,
                Err(_) => 1,
            };
        }
        self.way += 1;
        if self.way == self.ways {
            self.object += 1;
            self.way = 0;
        }
        Some(End { root, place })
    }
}

/// Checks that a path leads to a value in every object that it reads. Returns the path, for further
/// checks.
///
/// # Panics
/// Panics while the compiler evaluates the check. The panic is the compile error.
#[must_use]
#[track_caller]
pub const fn leads(asked: Asked) -> Asked {
    let mut ends = asked.ends();
    while let Some(end) = ends.next() {
        if let Err(lost) = end.place {
            lost.message(end.root, asked).refuse();
        }
    }
    asked
}

/// A place in an object.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    /// The reason why the value may be absent, if it may be absent.
    pub(crate) unless: Option<Presence>,
    /// `true` if the path has led through an array.
    pub(crate) many: bool,
    /// The Rust type of the object whose own id this is, if it is one.
    pub(crate) id_of: Option<&'static str>,
    /// Number of combinations of union variants through which the path may have led.
    ways: usize,
}

/// The reason why a path leads nowhere.
#[derive(Clone, Copy)]
pub(crate) struct Lost {
    /// Number of steps that were taken before the step that failed.
    taken: usize,
    why: Nowhere,
}

#[derive(Clone, Copy)]
enum Nowhere {
    NoField(&'static Shape),
    Reference(&'static Target),
    Nothing(Kind),
    ArrayWithoutBrackets,
    BracketsWithoutArray(Kind),
}

impl Place {
    const fn of(shape: &'static Shape) -> Self {
        Self { kind: Kind::Record(shape), unless: None, many: false, id_of: None, ways: 1 }
    }

    pub(crate) const fn now(self, kind: Kind) -> Self {
        Self { kind, id_of: None, ..self }
    }

    /// Returns the place of a field. The presence of the field decides whether its value may be
    /// absent.
    const fn into_field(self, shape: &'static Shape, field: &'static Field) -> Self {
        let unless = match field.presence {
            Presence::Always => self.unless,
            presence => Some(presence),
        };
        // An object that exists only within other objects has no type that an `Id<…>` could name.
        let id_of = if shape.tag.is_some() && same(field.name, "id") && is_standing(shape.rust) {
            Some(shape.rust)
        } else {
            None
        };
        Self { kind: field.kind, unless, id_of, ..self }
    }

    /// Returns the place after one more step. [`arrive`] handles unions, because a union leads to
    /// several places.
    const fn step(self, step: Step) -> Result<Self, Nowhere> {
        let key = match (self.kind.json_type(), step) {
            (JsonType::Array(items), Step::Each) => {
                return Ok(Self { unless: None, many: true, ..self.now(*items) });
            }
            (_, Step::Each) => return Err(Nowhere::BracketsWithoutArray(self.kind)),
            (_, Step::Key(key)) => key,
        };
        if let Kind::Id(target) = self.kind {
            return Err(Nowhere::Reference(target));
        }
        match self.kind.json_type() {
            JsonType::Record(shape) => match shape.field(key) {
                Some(field) => Ok(self.into_field(shape, field)),
                None => Err(Nowhere::NoField(shape)),
            },
            JsonType::List(items) => match ListMember::from_key(key) {
                Some(ListMember::Data) => Ok(self.now(ListMember::Data.kind(items))),
                Some(member) => Ok(Self { unless: Some(Presence::Absent), ..self.now(member.kind(items)) }),
                None => Err(Nowhere::ArrayWithoutBrackets),
            },
            JsonType::Array(_) => Err(Nowhere::ArrayWithoutBrackets),
            JsonType::Map(entries) => Ok(Self { unless: Some(Presence::Absent), ..self.now(*entries) }),
            _ => Err(Nowhere::Nothing(self.kind)),
        }
    }
}

/// Follows a path to its end. The number `way` selects the variants of the unions on the path.
pub(super) const fn arrive(root: &'static Shape, steps: &[Step], way: usize) -> Result<Place, Lost> {
    let (mut place, mut taken, mut way) = (Place::of(root), 0, way);
    while taken < steps.len() {
        if let (JsonType::Union(union), Step::Key(_)) = (place.kind.json_type(), steps[taken]) {
            let kinds = union.variants.len();
            place =
                Place { kind: Kind::Record(union.variants[way % kinds]), ways: place.ways * kinds, ..place };
            way /= kinds;
        }
        match place.step(steps[taken]) {
            Ok(next) => place = next,
            Err(why) => return Err(Lost { taken, why }),
        }
        taken += 1;
    }
    Ok(place)
}

impl Lost {
    /// Returns the error message for a path that leads nowhere from an object.
    pub(super) const fn message(self, root: &'static Shape, asked: Asked) -> Message {
        let message = if asked.reader.is_empty() {
            Message::new().code(asked.path).add(" is no object: ")
        } else {
            Message::new().code(asked.reader).add(" cannot read ").code(asked.path).add(": ")
        };
        match self.why {
            Nowhere::NoField(shape) => {
                let written = match asked.steps[self.taken] {
                    Step::Key(key) => key,
                    Step::Each => "[]",
                };
                let message = message.code(shape.name).add(" has no field ").code(written).add("\nhelp: ");
                if self.taken == 0 && asked.steps.len() > 1 && is_around(written, shape) {
                    return message
                        .add("a path begins in the object: leave out what leads to its first field");
                }
                match nearest(written, Names::Fields(shape.fields)) {
                    Some(near) => message.add("did you mean ").code(near).add("?"),
                    None => message
                        .add("its fields are those of ")
                        .code(shape.rust)
                        .add(" in `stripe_hooks::objects`"),
                }
            }
            Nowhere::Reference(target) => {
                let message = reached(message, root, asked, self.taken).add(" is the id of ");
                let message = message.add(article(target.rust)).code(target.rust);
                let message = message.add(", and an event does not hold what ids lead to\nhelp: ");
                let message = self.shorter(message, root, asked).add(", which is an `Id<");
                message.add(target.rust).add(">`")
            }
            Nowhere::Nothing(kind) => {
                let message = reached(message, root, asked, self.taken).add(" is ");
                let message = message.sent(kind).add(", with nothing in it to read\nhelp: ");
                self.shorter(message, root, asked)
            }
            Nowhere::ArrayWithoutBrackets => {
                let message =
                    reached(message, root, asked, self.taken).add(" holds several things\nhelp: write ");
                let data = if self.is_in_list(root, asked) { ".data" } else { "" };
                walked(message.add("`"), root, asked, self.taken).add(data).add("[]` for each of them")
            }
            Nowhere::BracketsWithoutArray(Kind::List(_)) => {
                let message =
                    reached(message, root, asked, self.taken).add(" is a list object\nhelp: write ");
                walked(message.add("`"), root, asked, self.taken).add(".data[]` for each of its items")
            }
            Nowhere::BracketsWithoutArray(kind) => {
                let message = reached(message, root, asked, self.taken).add(" is ");
                message.sent(kind).add(", and no array\nhelp: remove `[]`")
            }
        }
    }

    /// Adds the advice to read the value before the step that failed.
    const fn shorter(self, message: Message, root: &'static Shape, asked: Asked) -> Message {
        let message = match asked.reader.is_empty() {
            true => message.add("in a lens of `\"").add(root.name).add("\"` read "),
            false => message.add("end the path at "),
        };
        reached(message, root, asked, self.taken)
    }

    /// Returns `true` if the path failed in a list object, not in an array.
    const fn is_in_list(self, root: &'static Shape, asked: Asked) -> bool {
        let (before, _) = asked.steps.split_at(self.taken);
        match arrive(root, before, 0) {
            Ok(place) => matches!(place.kind, Kind::List(_)),
            Err(_) => false,
        }
    }
}

/// Returns `true` if a key names a part of the event around an object, or the object itself.
const fn is_around(key: &str, shape: &Shape) -> bool {
    same(key, "data") || same(key, "object") || same(key, "previous_attributes") || same(key, shape.name)
}

/// Adds the path up to some step, in backticks.
const fn reached(message: Message, root: &Shape, asked: Asked, taken: usize) -> Message {
    walked(message.add("`"), root, asked, taken).add("`")
}

/// Adds the first steps of a path as they are written. Without any step, adds the name of the
/// object.
const fn walked(message: Message, root: &Shape, asked: Asked, taken: usize) -> Message {
    let mut message = message;
    let mut at = 0;
    while at < taken {
        message = match asked.steps[at] {
            Step::Key(key) if at == 0 => message.add(key),
            Step::Key(key) => message.add(".").add(key),
            Step::Each => message.add("[]"),
        };
        at += 1;
    }
    if taken == 0 { message.add(root.name) } else { message }
}

/// Returns the n-th of the kinds of object.
pub(crate) const fn nth(shapes: Shapes, n: usize) -> Option<&'static Shape> {
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

    fn ends(shapes: Shapes, steps: &'static [Step]) -> Vec<String> {
        let asked = Asked { reader: "", path: "", steps, shapes };
        let tell = |end: End| match end.place {
            Ok(Place { kind, unless, many, .. }) => {
                format!("{} {unless:?} {many}", Message::new().sent(kind).as_str())
            }
            Err(Lost { taken, .. }) => format!("lost after {taken}"),
        };
        let mut ends = asked.ends();
        std::iter::from_fn(|| ends.next()).map(tell).collect()
    }

    #[test]
    fn a_path_has_an_end_in_each_object_and_in_each_kind_of_a_union() {
        use Step::{Each, Key};

        const ACCOUNT: &[&Shape] = &[&schema::Account];
        const MONEY: &[&Shape] = &[&schema::Charge, &schema::Refund];
        assert_eq!(ends(&[MONEY], &[Key("amount")]), ["a whole number None false"; 2]);
        assert_eq!(
            ends(&[MONEY, ACCOUNT], &[Key("captured")]),
            ["true or false None false", "lost after 0", "lost after 0"]
        );
        let accounts = &[Key("external_accounts"), Key("data"), Each, Key("last4")];
        assert_eq!(
            ends(&[ACCOUNT], accounts),
            ["text None true", "text None true", "lost after 3"],
            "a bank account, a card, and a source, which has none"
        );
        assert!(ends(&[], &[Key("amount")]).is_empty());
    }

    #[test]
    fn what_may_be_absent_on_the_way_may_be_absent_at_the_end() {
        use Step::Key;

        const INVOICE: &[&Shape] = &[&schema::Invoice];
        assert_eq!(ends(&[INVOICE], &[Key("customer_address"), Key("city")]), ["text Some(Null) false"]);
        assert_eq!(ends(&[INVOICE], &[Key("metadata"), Key("order")]), ["text Some(Absent) false"]);
        assert_eq!(ends(&[INVOICE], &[Key("lines"), Key("data")]), ["an array None false"]);
        assert_eq!(ends(&[INVOICE], &[Key("custom_fields")]), ["an array Some(Null) false"]);
    }
}
