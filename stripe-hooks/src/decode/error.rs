//! What went wrong while decoding, and where, without a word of what was read.

use std::{borrow::Cow, error::Error, fmt};

use crate::json::Position;

/// An object could not be decoded. Says where and what kind of thing was found; it never holds a value of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    problem: Problem,
}

/// What can be wrong at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Another kind of JSON value than the field takes.
    Kind { expected: &'static str, found: &'static str },
    /// A key that the object cannot do without.
    Missing(&'static str),
    /// Another object than was asked for; the found tag only if it is one of Stripe's.
    Tag { expected: &'static str, found: Option<&'static str> },
    /// The stub that is left of a deleted object.
    Deleted { name: &'static str },
    /// The stub that is left of a deleted object, which lacks a field that a lens reads.
    Stub { field: &'static str },
    /// Not JSON, at this line and column.
    Syntax { line: usize, column: usize },
}

impl DecodeError {
    /// The place in the object, such as `lines.data[2].amount`; empty for the object itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Another kind of value than the whole should be.
    pub(crate) fn mismatch(expected: &'static str, found: &'static str) -> Self {
        Self { path: String::new(), problem: Problem::Kind { expected, found } }
    }

    /// A field that is not there.
    pub(crate) fn missing(field: &'static str) -> Self {
        Self { path: String::new(), problem: Problem::Missing(field) }
    }

    /// A field that is not there because the object is deleted.
    pub(crate) fn deleted(field: &'static str) -> Self {
        Self { path: String::new(), problem: Problem::Stub { field } }
    }

    /// Whether the whole was the stub of a deleted object.
    pub(crate) fn is_stub(&self) -> bool {
        self.path.is_empty() && matches!(self.problem, Problem::Deleted { .. })
    }

    /// The same error about a union: what helps is to take stubs of the union.
    pub(super) fn of_union(mut self, union: &'static str) -> Self {
        if let Problem::Deleted { name } = &mut self.problem {
            *name = union;
        }
        self
    }

    /// The same error, seen from an object that holds the erring one at `path`.
    #[must_use]
    pub(crate) fn within(mut self, path: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{path}{joint}{}", self.path);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.problem.fmt(f)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Missing(field) => write!(f, "missing field `{field}`"),
            Self::Tag { expected, found: Some(found) } => {
                write!(f, "expected an object of kind `{expected}`, found one of kind `{found}`")
            }
            Self::Tag { expected, found: None } => {
                write!(f, "expected an object of kind `{expected}`, found another kind")
            }
            Self::Deleted { name } => {
                write!(
                    f,
                    "the object is deleted and only a stub is left of it; to receive stubs too, take `OrDeleted<{name}>`"
                )
            }
            Self::Stub { field } => {
                write!(
                    f,
                    "the object is deleted and only a stub is left of it, without `{field}`; to read stubs too, make the field an `Option`"
                )
            }
            Self::Syntax { line, column } => write!(f, "malformed JSON at line {line}, column {column}"),
        }
    }
}

impl Error for DecodeError {}

/// Notes a failure on its way out: first what is wrong, then, level by level, where.
#[derive(Default)]
pub(super) struct Trail {
    problem: Option<Problem>,
    inner: Option<DecodeError>,
    /// From the innermost to the outermost.
    segments: Vec<Cow<'static, str>>,
}

impl Trail {
    /// Notes the problem and gives serde an error to carry out, which says the same without the place.
    #[cold]
    pub(super) fn fail<E: serde::de::Error>(&mut self, problem: Problem) -> E {
        let error = E::custom(&problem);
        self.problem = Some(problem);
        error
    }

    /// Notes an error that was already whole, of a part that was decoded on its own.
    #[cold]
    pub(super) fn fail_within<E: serde::de::Error>(&mut self, inner: DecodeError) -> E {
        let error = E::custom(&inner);
        self.inner = Some(inner);
        error
    }

    /// Notes the problem.
    #[cold]
    pub(super) fn note(&mut self, problem: Problem) {
        self.problem = Some(problem);
    }

    /// Notes an error that was already whole.
    #[cold]
    pub(super) fn note_within(&mut self, inner: DecodeError) {
        self.inner = Some(inner);
    }

    #[cold]
    pub(super) fn through_field(&mut self, name: &'static str) {
        self.segments.push(Cow::Borrowed(name));
    }

    /// A key of a map. Keys of metadata are the user's own data: all that is said is that it was an entry.
    #[cold]
    pub(super) fn through_entry(&mut self) {
        self.segments.push(Cow::Borrowed("*"));
    }

    #[cold]
    pub(super) fn through_item(&mut self, index: usize) {
        self.segments.push(Cow::Owned(format!("[{index}]")));
    }

    /// The whole error, if the failure was one of ours; otherwise the data format's own reader gave up, somewhere in `path`.
    pub(super) fn error(self) -> Result<DecodeError, String> {
        let mut path = String::new();
        for segment in self.segments.iter().rev() {
            if !path.is_empty() && !segment.starts_with('[') {
                path.push('.');
            }
            path.push_str(segment);
        }
        match (self.problem, self.inner) {
            (Some(problem), _) => Ok(DecodeError { path, problem }),
            (None, Some(inner)) => Ok(inner.within(&path)),
            (None, None) => Err(path),
        }
    }

    /// The whole error of a failed read of JSON text, which is malformed at this place if nothing else was noted.
    #[cold]
    pub(super) fn text_error(self, position: Position) -> DecodeError {
        let Position { line, column } = position;
        self.error().unwrap_or_else(|path| DecodeError { path, problem: Problem::Syntax { line, column } })
    }
}
