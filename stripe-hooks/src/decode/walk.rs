//! The loop that finds a few fields, wherever they are, and skips the rest without looking into it.

use super::{
    error::{DecodeError, Problem, Trail},
    found::found_at,
    peek::known_tag,
};
use crate::{
    json::{Cursor, Looks, Malformed, is_same, read_text},
    schema::{Shapes, path::Step},
};

/// A path, and the field of a lens that wants what stands at its end.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// As the user wrote it.
    pub written: &'static str,
    /// At least one.
    pub steps: &'static [Step],
    /// The place of the field in the lens.
    pub field: usize,
}

/// A place for what stands at the end of a path.
pub trait Found<'de> {
    /// Takes what is there, or one of several things that are. Without a text, the path begins anew, and what was found does not count.
    ///
    /// # Errors
    /// When the text holds something that the field cannot.
    fn take(&mut self, json: Option<&'de str>, among_others: bool) -> Result<(), DecodeError>;

    /// Becomes, if nothing was found, what it is without anything, once there is nothing more to take. Says whether it can be.
    fn complete(&mut self) -> bool;
}

/// Walks over the JSON text of an object of one of these shapes, and hands over what stands at the ends of the paths, which are sorted, so that
/// those with a common start stand together. Of a key that comes twice the last counts, but within an item of an array each does.
///
/// What no path leads into is skipped, and checked no further than that needs.
///
/// # Errors
/// When the text is not JSON, not such an object, when something stands in the way of a path, or when a field needs what is not there.
pub(crate) fn walk<'de>(
    json: &'de str,
    paths: &[Path],
    shapes: Shapes,
    fields: &mut [&mut dyn Found<'de>],
) -> Result<(), DecodeError> {
    let mut cursor = Cursor::new(json);
    let mut walk = Walk { fields, trail: Trail::default(), deleted: false };
    let root = Part { paths, depth: 0, among_others: false, shapes: Some(shapes) };
    match walk.through(&root, &mut cursor).and_then(|()| Ok(cursor.end()?)) {
        Ok(()) => walk.complete(paths),
        Err(Failed) => Err(walk.trail.text_error(cursor.position())),
    }
}

/// The trail tells the problem; without one, the text is malformed where the cursor stands.
struct Failed;

impl From<Malformed> for Failed {
    fn from(_: Malformed) -> Self {
        Self
    }
}

/// A value that paths lead through.
#[derive(Clone, Copy)]
struct Part<'w> {
    /// The paths that have led here.
    paths: &'w [Path],
    /// How many steps of them are taken.
    depth: usize,
    /// Whether one of those steps was [`Step::Each`].
    among_others: bool,
    /// What the outermost object, and no other, is held against.
    shapes: Option<Shapes>,
}

impl<'w> Part<'w> {
    /// The next value, which these paths lead into.
    fn further(&self, paths: &'w [Path]) -> Self {
        Self {
            paths,
            depth: self.depth + 1,
            among_others: self.among_others || self.is_array(),
            shapes: None,
        }
    }

    /// The next step of the paths, which differ in their keys at most.
    fn next_step(&self) -> Option<Step> {
        self.paths.first().and_then(|path| path.steps.get(self.depth)).copied()
    }

    /// Whether the paths lead through an array.
    fn is_array(&self) -> bool {
        self.next_step() == Some(Step::Each)
    }

    /// Whether each of these paths leads further than to the next value.
    fn all_go_on(&self, paths: &[Path]) -> bool {
        !paths.is_empty() && paths.iter().all(|path| path.steps.len() > self.depth + 1)
    }

    /// The paths that go on with this key.
    fn with(&self, key: &[u8]) -> &'w [Path] {
        let goes_on =
            |path: &Path| matches!(path.steps[self.depth], Step::Key(step) if is_same(step.as_bytes(), key));
        let Some(start) = self.paths.iter().position(goes_on) else { return &[] };
        let length = self.paths[start..].iter().take_while(|path| goes_on(path)).count();
        &self.paths[start..start + length]
    }

    /// What the keys look like that matter here.
    fn looks(&self) -> Looks {
        let looks = self.paths.iter().fold(Looks::default(), |looks, path| match path.steps[self.depth] {
            Step::Key(step) => looks.with(step),
            Step::Each => looks,
        });
        if self.shapes.is_some() { looks.with("object").with("deleted") } else { looks }
    }
}

struct Walk<'w, 't, 'de> {
    fields: &'w mut [&'t mut dyn Found<'de>],
    trail: Trail,
    /// Whether the object says of itself that it is deleted.
    deleted: bool,
}

impl<'de> Walk<'_, '_, 'de> {
    /// Through the value where the cursor stands.
    fn through(&mut self, part: &Part<'_>, cursor: &mut Cursor<'de>) -> Result<(), Failed> {
        match (cursor.peek(), part.is_array()) {
            (Some(b'{'), false) => self.through_object(part, cursor),
            (Some(b'['), true) => self.through_array(part, cursor),
            // Null on the way is as good as nothing there, but for the outermost object.
            (Some(b'n'), _) if part.shapes.is_none() => Ok(cursor.word("null")?),
            (_, is_array) => {
                let found = found_at(cursor)?;
                let expected = if is_array { "an array" } else { "an object" };
                self.trail.note(Problem::Kind { expected, found });
                Err(Failed)
            }
        }
    }

    fn through_object(&mut self, part: &Part<'_>, cursor: &mut Cursor<'de>) -> Result<(), Failed> {
        cursor.enter();
        let looks = part.looks();
        let wanted = |key: &[u8]| {
            let paths = part.with(key);
            let sign = match key {
                b"object" if part.shapes.is_some() => Sign::Object,
                b"deleted" if part.shapes.is_some() => Sign::Deleted,
                _ if paths.is_empty() => return None,
                _ => Sign::None,
            };
            Some((paths, sign))
        };
        cursor.seek_members(looks, wanted, |(paths, sign), cursor| {
            self.member(part, paths, sign, cursor).inspect_err(|Failed| {
                match paths.first().map(|path| path.steps[part.depth]) {
                    Some(Step::Key(key)) => self.trail.through_field(key),
                    _ => self.trail.through_field("object"),
                }
            })
        })
    }

    fn member(
        &mut self,
        part: &Part<'_>,
        paths: &[Path],
        sign: Sign,
        cursor: &mut Cursor<'de>,
    ) -> Result<(), Failed> {
        // What was found beyond a key counts only where the key comes last.
        if !part.among_others {
            paths.iter().try_for_each(|path| self.take(path, None, false))?;
        }
        if part.all_go_on(paths) && sign == Sign::None {
            return self.through(&part.further(paths), cursor);
        }
        let json = cursor.raw()?;
        if let Some(shapes) = part.shapes {
            self.notice(shapes, sign, json)?;
        }
        self.arrive(part, paths, json, part.among_others)
    }

    fn through_array(&mut self, part: &Part<'_>, cursor: &mut Cursor<'de>) -> Result<(), Failed> {
        cursor.enter();
        let streamed = part.all_go_on(part.paths);
        let (mut first, mut index) = (true, 0);
        while cursor.more_items(&mut first)? {
            let read = match streamed {
                true => self.through(&part.further(part.paths), cursor),
                false => cursor
                    .raw()
                    .map_err(Failed::from)
                    .and_then(|json| self.arrive(part, part.paths, json, true)),
            };
            if read.is_err() {
                self.trail.through_item(index);
                return Err(Failed);
            }
            index += 1;
        }
        Ok(())
    }

    /// Hands over a value at which some of the paths end, and walks through it for the others.
    fn arrive(
        &mut self,
        part: &Part<'_>,
        paths: &[Path],
        json: &'de str,
        among_others: bool,
    ) -> Result<(), Failed> {
        let ending = paths.iter().take_while(|path| path.steps.len() == part.depth + 1).count();
        let (ending, going_on) = paths.split_at(ending);
        ending.iter().try_for_each(|path| self.take(path, Some(json), among_others))?;
        if going_on.is_empty() {
            return Ok(());
        }
        self.through(&part.further(going_on), &mut Cursor::new(json))
    }

    fn take(&mut self, path: &Path, json: Option<&'de str>, among_others: bool) -> Result<(), Failed> {
        let taken = self.fields.get_mut(path.field).map_or(Ok(()), |field| field.take(json, among_others));
        taken.map_err(|error| {
            self.trail.note_within(error);
            Failed
        })
    }

    /// Completes the fields, up to one that cannot do without what was not found.
    fn complete(self, paths: &[Path]) -> Result<(), DecodeError> {
        let lacking = self.fields.iter_mut().position(|field| !field.complete());
        match paths.iter().find(|path| Some(path.field) == lacking) {
            None => Ok(()),
            Some(path) if self.deleted => Err(DecodeError::deleted(path.written)),
            Some(path) => Err(DecodeError::missing(path.written)),
        }
    }

    /// What the keys say by which the outermost object tells its kind.
    fn notice(&mut self, shapes: Shapes, sign: Sign, json: &str) -> Result<(), Failed> {
        match sign {
            Sign::None => {}
            Sign::Deleted => self.deleted = json == "true",
            Sign::Object => {
                let found = read_text(json).ok();
                let mut tags = shapes.iter().copied().flatten().filter_map(|shape| shape.tag);
                if let Some(expected) = tags.clone().next()
                    && !tags.any(|tag| found.as_deref() == Some(tag))
                {
                    let found = found.and_then(|found| known_tag(&found));
                    self.trail.note(Problem::Tag { expected, found });
                    return Err(Failed);
                }
            }
        }
        Ok(())
    }
}

/// The keys by which an object tells its kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    Object,
    Deleted,
}

/// Finds what stands at the end of one path.
pub(crate) fn find<'de>(
    json: &'de str,
    steps: &'static [Step],
    take: &mut dyn FnMut(Option<&'de str>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    walk(json, &[Path { written: "", steps, field: 0 }], &[], &mut [&mut Finder(take)])
}

struct Finder<'t, 'de>(&'t mut dyn FnMut(Option<&'de str>) -> Result<(), DecodeError>);

impl<'de> Found<'de> for Finder<'_, 'de> {
    fn take(&mut self, json: Option<&'de str>, _: bool) -> Result<(), DecodeError> {
        (self.0)(json)
    }

    fn complete(&mut self) -> bool {
        true
    }
}

/// Reads an array item by item, each as its JSON text.
pub(crate) fn read_items<'de>(
    json: &'de str,
    take: &mut dyn FnMut(&'de str) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    find(json, &[Step::Each], &mut |item| item.map_or(Ok(()), &mut *take))
}
