//! The loop that finds a few fields, wherever they are, and skips the rest without looking into it.

use std::{fmt, ops::Range};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    error::{DecodeError, Problem, Trail},
    peek::known_tag,
};
use crate::{
    envelope::read_text,
    schema::{Shapes, path::Step},
};

/// A path, and the field of a lens that wants what stands at its end.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// The steps; at least one.
    pub steps: &'static [Step],
    /// The field.
    pub field: usize,
}

/// A place for what stands at the end of a path.
pub trait Found<'de> {
    /// Takes what is there. Without a text, the path begins anew, and what was found does not count.
    ///
    /// # Errors
    /// When the text holds something that the field cannot.
    fn take(&mut self, json: Option<&'de str>) -> Result<(), DecodeError>;
}

/// What the walk over an object has told, beside the ends of the paths.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Whether the object says of itself that it is deleted.
    pub(crate) deleted: bool,
}

/// Walks over the JSON text of an object of one of these shapes, and hands over what stands at the ends of the paths, which are sorted, so that
/// those with a common start stand together. Of a key that comes twice the last counts, but within an item of an array each does.
///
/// # Errors
/// When the text is not JSON, not such an object, or when something stands in the way of a path.
pub fn walk<'de>(
    json: &'de str,
    paths: &[Path],
    shapes: Shapes,
    fields: &mut [&mut dyn Found<'de>],
) -> Result<Seen, DecodeError> {
    let (mut trail, mut seen) = (Trail::default(), Seen::default());
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let root = Some(Root { shapes, seen: &mut seen });
    let walk = Walk { paths, depth: 0, among_others: false, root, fields, trail: &mut trail };
    match walk.deserialize(&mut deserializer).and_then(|()| deserializer.end()) {
        Ok(()) => Ok(seen),
        Err(error) => Err(trail.json_error(&error)),
    }
}

/// What only the outermost object is asked.
struct Root<'w> {
    shapes: Shapes,
    seen: &'w mut Seen,
}

struct Walk<'w, 't, 'de> {
    /// The paths that have led here.
    paths: &'w [Path],
    /// How many steps of them are taken.
    depth: usize,
    /// Whether one of those steps was [`Step::Each`].
    among_others: bool,
    root: Option<Root<'w>>,
    fields: &'w mut [&'t mut dyn Found<'de>],
    trail: &'w mut Trail,
}

impl<'t, 'de> Walk<'_, 't, 'de> {
    /// The walk through the next value, which these paths lead into.
    fn further<'w>(&'w mut self, paths: &'w [Path]) -> Walk<'w, 't, 'de> {
        Walk {
            paths,
            depth: self.depth + 1,
            among_others: self.among_others || self.next_step() == Some(Step::Each),
            root: None,
            fields: self.fields,
            trail: self.trail,
        }
    }

    /// The next step of the paths, which differ in their keys at most.
    fn next_step(&self) -> Option<Step> {
        self.paths.first().and_then(|path| path.steps.get(self.depth)).copied()
    }

    /// Whether each of these paths leads further than to the next value.
    fn all_go_on(&self, paths: &[Path]) -> bool {
        !paths.is_empty() && paths.iter().all(|path| path.steps.len() > self.depth + 1)
    }

    fn take(&mut self, path: &Path, json: Option<&'de str>) -> Result<(), DecodeError> {
        self.fields.get_mut(path.field).map_or(Ok(()), |field| field.take(json))
    }

    /// Hands over a value at which some of the paths end, and walks through it for the others.
    fn arrive<E: serde::de::Error>(&mut self, paths: &[Path], json: &'de str) -> Result<(), E> {
        let ending = paths.iter().take_while(|path| path.steps.len() == self.depth + 1).count();
        let (ending, going_on) = paths.split_at(ending);
        for path in ending {
            if let Err(error) = self.take(path, Some(json)) {
                return Err(self.trail.fail_within(error));
            }
        }
        if going_on.is_empty() {
            return Ok(());
        }
        self.further(going_on).deserialize(&mut serde_json::Deserializer::from_str(json)).map_err(E::custom)
    }

    /// Forgets what was found beyond a key, which counts only where it comes last.
    fn begin_anew<E: serde::de::Error>(&mut self, paths: &[Path]) -> Result<(), E> {
        if self.among_others {
            return Ok(());
        }
        paths.iter().try_for_each(|path| self.take(path, None)).map_err(E::custom)
    }

    /// What the keys say by which the outermost object tells its kind.
    fn notice<E: serde::de::Error>(&mut self, sign: Sign, json: &str) -> Result<(), E> {
        let Some(Root { shapes, seen }) = &mut self.root else { return Ok(()) };
        match sign {
            Sign::None => {}
            Sign::Deleted => seen.deleted = json == "true",
            Sign::Object => {
                let found = read_text(json).ok();
                let mut tags = shapes.iter().copied().flatten().filter_map(|shape| shape.tag);
                if let Some(expected) = tags.clone().next()
                    && !tags.any(|tag| found.as_deref() == Some(tag))
                {
                    let found = found.and_then(|found| known_tag(&found));
                    return Err(self.trail.fail(Problem::Tag { expected, found }));
                }
            }
        }
        Ok(())
    }

    #[cold]
    fn mismatch<E: serde::de::Error>(self, found: &'static str) -> Result<(), E> {
        let expected = if self.next_step() == Some(Step::Each) { "an array" } else { "an object" };
        Err(self.trail.fail(Problem::Kind { expected, found }))
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    /// Null on the way is as good as nothing there, but for the outermost object.
    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        if self.root.is_some() { self.mismatch("null") } else { Ok(()) }
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.mismatch("a boolean")
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.mismatch("an integer")
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.mismatch("an integer")
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.mismatch("a number with a fraction or an exponent")
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.mismatch("a string")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        if self.next_step() == Some(Step::Each) {
            return self.mismatch("an object");
        }
        let (all, is_root) = (self.paths, self.root.is_some());
        while let Some((range, sign)) = map.next_key_seed(Key { paths: all, depth: self.depth, is_root })? {
            let paths = &all[range];
            let read = if self.all_go_on(paths) {
                self.begin_anew(paths)?;
                map.next_value_seed(self.further(paths))
            } else if paths.is_empty() && sign == Sign::None {
                map.next_value::<IgnoredAny>().map(drop)
            } else {
                self.begin_anew(paths)?;
                let json = map.next_value::<&RawValue>()?.get();
                self.notice(sign, json).and_then(|()| self.arrive(paths, json))
            };
            if let Err(error) = read {
                match paths.first().map(|path| path.steps[self.depth]) {
                    Some(Step::Key(key)) => self.trail.through_field(key),
                    _ => self.trail.through_field("object"),
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        if self.next_step() != Some(Step::Each) {
            return self.mismatch("an array");
        }
        let paths = self.paths;
        let streamed = self.all_go_on(paths);
        let mut index = 0;
        loop {
            let read = if streamed {
                seq.next_element_seed(self.further(paths))
            } else {
                let json = seq.next_element::<&RawValue>()?;
                json.map(|json| self.arrive(paths, json.get())).transpose()
            };
            match read {
                Ok(Some(())) => index += 1,
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.trail.through_item(index);
                    return Err(error);
                }
            }
        }
    }
}

/// Finds the paths that go on with a key, and the keys by which an object tells its kind.
struct Key<'w> {
    paths: &'w [Path],
    depth: usize,
    is_root: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    Object,
    Deleted,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = (Range<usize>, Sign);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // As bytes, because an odd key that nobody asks for need not be Unicode.
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = (Range<usize>, Sign);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Self::Value, E> {
        let goes_on =
            |path: &Path| matches!(path.steps[self.depth], Step::Key(step) if step.as_bytes() == key);
        let start = self.paths.iter().take_while(|path| !goes_on(path)).count();
        let length = self.paths[start..].iter().take_while(|path| goes_on(path)).count();
        let sign = match key {
            b"object" if self.is_root => Sign::Object,
            b"deleted" if self.is_root => Sign::Deleted,
            _ => Sign::None,
        };
        Ok((start..start + length, sign))
    }
}

/// Finds what stands at the end of one path.
pub(crate) fn find<'de>(
    json: &'de str,
    steps: &'static [Step],
    take: &mut dyn FnMut(Option<&'de str>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    walk(json, &[Path { steps, field: 0 }], &[], &mut [&mut Finder(take)]).map(drop)
}

struct Finder<'t, 'de>(&'t mut dyn FnMut(Option<&'de str>) -> Result<(), DecodeError>);

impl<'de> Found<'de> for Finder<'_, 'de> {
    fn take(&mut self, json: Option<&'de str>) -> Result<(), DecodeError> {
        (self.0)(json)
    }
}

/// Reads an array item by item, each as its JSON text.
pub(crate) fn read_items<'de>(
    json: &'de str,
    take: &mut dyn FnMut(&'de str) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    find(json, &[Step::Each], &mut |item| item.map_or(Ok(()), &mut *take))
}
