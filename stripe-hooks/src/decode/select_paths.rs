//! The loop that finds a few fields, wherever they are, and skips the rest without looking into it.

use super::{
    error::{DecodeError, DecodeProblem, ErrorTrail},
    peek::known_tag,
    value_kind::kind_at_cursor,
};
use crate::{
    json::{Cursor, KeyFilter, Malformed, bytes_equal, read_text},
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
pub trait FieldSink<'de> {
    /// Takes what is there, or one of several things that are. Without a text, the path begins anew, and what was found does not count.
    ///
    /// # Errors
    /// When the text holds something that the field cannot.
    fn accept_json(&mut self, json: Option<&'de str>, among_others: bool) -> Result<(), DecodeError>;

    /// Completes the field after all values were handed over: a field without a value becomes
    /// empty. Returns `false` if it cannot be empty.
    fn finish_field(&mut self) -> bool;
}

/// Walks over the JSON text of an object of one of these shapes, and hands over what stands at the ends of the paths, which are sorted, so that
/// those with a common start stand together. Of a key that comes twice the last counts, but within an item of an array each does.
///
/// Values that no path leads into are skipped, and checked no further than that needs.
///
/// # Errors
/// When the text is not JSON, not such an object, when something stands in the way of a path, or when a field needs what is not there.
pub(crate) fn select_paths<'de>(
    json: &'de str,
    paths: &[Path],
    shapes: Shapes,
    fields: &mut [&mut dyn FieldSink<'de>],
) -> Result<(), DecodeError> {
    let mut cursor = Cursor::new(json);
    let mut selector = PathSelector { fields, trail: ErrorTrail::default(), is_deleted: false };
    let root = PathGroup { paths, depth: 0, is_repeated: false, shapes: Some(shapes) };
    match selector.visit_value(&root, &mut cursor).and_then(|()| Ok(cursor.expect_end()?)) {
        Ok(()) => selector.finish_fields(paths),
        Err(Aborted) => Err(selector.trail.into_text_error(cursor.position())),
    }
}

/// The trail tells the problem; without one, the text is malformed where the cursor stands.
struct Aborted;

impl From<Malformed> for Aborted {
    fn from(_: Malformed) -> Self {
        Self
    }
}

/// A value that paths lead through.
#[derive(Clone, Copy)]
struct PathGroup<'w> {
    /// The paths that have led here.
    paths: &'w [Path],
    /// Number of their steps that are taken.
    depth: usize,
    /// `true` if one of those steps was [`Step::Each`].
    is_repeated: bool,
    /// The expectation that the outermost object alone must meet.
    shapes: Option<Shapes>,
}

impl<'w> PathGroup<'w> {
    /// The next value, which these paths lead into.
    fn next_level(&self, paths: &'w [Path]) -> Self {
        Self { paths, depth: self.depth + 1, is_repeated: self.is_repeated || self.is_array(), shapes: None }
    }

    /// The next step of the paths, which differ in their keys at most.
    fn next_step(&self) -> Option<Step> {
        self.paths.first().and_then(|path| path.steps.get(self.depth)).copied()
    }

    /// `true` if the paths lead through an array.
    fn is_array(&self) -> bool {
        self.next_step() == Some(Step::Each)
    }

    /// `true` if each of these paths leads further than to the next value.
    fn all_continue(&self, paths: &[Path]) -> bool {
        !paths.is_empty() && paths.iter().all(|path| path.steps.len() > self.depth + 1)
    }

    /// The paths that go on with this key.
    fn with_key(&self, key: &[u8]) -> &'w [Path] {
        let goes_on = |path: &Path| matches!(path.steps[self.depth], Step::Key(step) if bytes_equal(step.as_bytes(), key));
        let Some(start) = self.paths.iter().position(goes_on) else { return &[] };
        let length = self.paths[start..].iter().take_while(|path| goes_on(path)).count();
        &self.paths[start..start + length]
    }

    /// The filter for the keys that matter here.
    fn key_filter(&self) -> KeyFilter {
        let filter =
            self.paths.iter().fold(KeyFilter::default(), |filter, path| match path.steps[self.depth] {
                Step::Key(step) => filter.with_key(step),
                Step::Each => filter,
            });
        if self.shapes.is_some() { filter.with_key("object").with_key("deleted") } else { filter }
    }
}

struct PathSelector<'w, 't, 'de> {
    fields: &'w mut [&'t mut dyn FieldSink<'de>],
    trail: ErrorTrail,
    /// `true` if the object says of itself that it is deleted.
    is_deleted: bool,
}

impl<'de> PathSelector<'_, '_, 'de> {
    /// Through the value where the cursor stands.
    fn visit_value(&mut self, group: &PathGroup<'_>, cursor: &mut Cursor<'de>) -> Result<(), Aborted> {
        match (cursor.peek_byte(), group.is_array()) {
            (Some(b'{'), false) => self.visit_object(group, cursor),
            (Some(b'['), true) => self.visit_array(group, cursor),
            // Null on the way is as good as nothing there, but for the outermost object.
            (Some(b'n'), _) if group.shapes.is_none() => Ok(cursor.expect_word("null")?),
            (_, is_array) => {
                let found = kind_at_cursor(cursor)?;
                let expected = if is_array { "an array" } else { "an object" };
                self.trail.note_problem(DecodeProblem::WrongKind { expected, found });
                Err(Aborted)
            }
        }
    }

    fn visit_object(&mut self, group: &PathGroup<'_>, cursor: &mut Cursor<'de>) -> Result<(), Aborted> {
        cursor.enter_container();
        let filter = group.key_filter();
        let wanted = |key: &[u8]| {
            let paths = group.with_key(key);
            let key_kind = match key {
                b"object" if group.shapes.is_some() => KeyKind::ObjectTag,
                b"deleted" if group.shapes.is_some() => KeyKind::DeletedFlag,
                _ if paths.is_empty() => return None,
                _ => KeyKind::Ordinary,
            };
            Some((paths, key_kind))
        };
        cursor.for_each_wanted_member(filter, wanted, |(paths, key_kind), cursor| {
            self.visit_member(group, paths, key_kind, cursor).inspect_err(|Aborted| {
                match paths.first().map(|path| path.steps[group.depth]) {
                    Some(Step::Key(key)) => self.trail.push_field(key),
                    _ => self.trail.push_field("object"),
                }
            })
        })
    }

    fn visit_member(
        &mut self,
        group: &PathGroup<'_>,
        paths: &[Path],
        key_kind: KeyKind,
        cursor: &mut Cursor<'de>,
    ) -> Result<(), Aborted> {
        // Values found beyond a key count only where the key comes last.
        if !group.is_repeated {
            paths.iter().try_for_each(|path| self.hand_to_field(path, None, false))?;
        }
        if group.all_continue(paths) && key_kind == KeyKind::Ordinary {
            return self.visit_value(&group.next_level(paths), cursor);
        }
        let json = cursor.read_raw()?;
        if let Some(shapes) = group.shapes {
            self.check_object_kind(shapes, key_kind, json)?;
        }
        self.deliver_value(group, paths, json, group.is_repeated)
    }

    fn visit_array(&mut self, group: &PathGroup<'_>, cursor: &mut Cursor<'de>) -> Result<(), Aborted> {
        cursor.enter_container();
        let streamed = group.all_continue(group.paths);
        let (mut first, mut index) = (true, 0);
        while cursor.has_next_item(&mut first)? {
            let read = match streamed {
                true => self.visit_value(&group.next_level(group.paths), cursor),
                false => cursor
                    .read_raw()
                    .map_err(Aborted::from)
                    .and_then(|json| self.deliver_value(group, group.paths, json, true)),
            };
            if read.is_err() {
                self.trail.push_index(index);
                return Err(Aborted);
            }
            index += 1;
        }
        Ok(())
    }

    /// Hands over a value at which some of the paths end, and walks through it for the others.
    fn deliver_value(
        &mut self,
        group: &PathGroup<'_>,
        paths: &[Path],
        json: &'de str,
        among_others: bool,
    ) -> Result<(), Aborted> {
        let ending = paths.iter().take_while(|path| path.steps.len() == group.depth + 1).count();
        let (ending, going_on) = paths.split_at(ending);
        ending.iter().try_for_each(|path| self.hand_to_field(path, Some(json), among_others))?;
        if going_on.is_empty() {
            return Ok(());
        }
        self.visit_value(&group.next_level(going_on), &mut Cursor::new(json))
    }

    fn hand_to_field(
        &mut self,
        path: &Path,
        json: Option<&'de str>,
        among_others: bool,
    ) -> Result<(), Aborted> {
        let taken =
            self.fields.get_mut(path.field).map_or(Ok(()), |field| field.accept_json(json, among_others));
        taken.map_err(|error| {
            self.trail.note_error(error);
            Aborted
        })
    }

    /// Completes the fields, up to one that cannot do without what was not found.
    fn finish_fields(self, paths: &[Path]) -> Result<(), DecodeError> {
        let lacking = self.fields.iter_mut().position(|field| !field.finish_field());
        match paths.iter().find(|path| Some(path.field) == lacking) {
            None => Ok(()),
            Some(path) if self.is_deleted => Err(DecodeError::deleted_object(path.written)),
            Some(path) => Err(DecodeError::missing_field(path.written)),
        }
    }

    /// Values of the keys that name the kind of the outermost object.
    fn check_object_kind(&mut self, shapes: Shapes, key_kind: KeyKind, json: &str) -> Result<(), Aborted> {
        match key_kind {
            KeyKind::Ordinary => {}
            KeyKind::DeletedFlag => self.is_deleted = json == "true",
            KeyKind::ObjectTag => {
                let found = read_text(json).ok();
                let mut tags = shapes.iter().copied().flatten().filter_map(|shape| shape.tag);
                if let Some(expected) = tags.clone().next()
                    && !tags.any(|tag| found.as_deref() == Some(tag))
                {
                    let found = found.and_then(|found| known_tag(&found));
                    self.trail.note_problem(DecodeProblem::WrongTag { expected, found });
                    return Err(Aborted);
                }
            }
        }
        Ok(())
    }
}

/// The keys by which an object tells its kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Ordinary,
    ObjectTag,
    DeletedFlag,
}

/// Finds what stands at the end of one path.
pub(crate) fn select_one_path<'de>(
    json: &'de str,
    steps: &'static [Step],
    take: &mut dyn FnMut(Option<&'de str>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    select_paths(json, &[Path { written: "", steps, field: 0 }], &[], &mut [&mut CallbackSink(take)])
}

struct CallbackSink<'t, 'de>(&'t mut dyn FnMut(Option<&'de str>) -> Result<(), DecodeError>);

impl<'de> FieldSink<'de> for CallbackSink<'_, 'de> {
    fn accept_json(&mut self, json: Option<&'de str>, _: bool) -> Result<(), DecodeError> {
        (self.0)(json)
    }

    fn finish_field(&mut self) -> bool {
        true
    }
}

/// Reads an array item by item, each as its JSON text.
pub(crate) fn read_array_items<'de>(
    json: &'de str,
    take: &mut dyn FnMut(&'de str) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    select_one_path(json, &[Step::Each], &mut |item| item.map_or(Ok(()), &mut *take))
}
