//! What went wrong while decoding, and where, without a word of what was read.

use std::{borrow::Cow, error::Error, fmt};

use crate::json::TextPosition;

/// An object could not be decoded. Says where and what kind of thing was found; it never holds a value of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    problem: DecodeProblem,
}

/// What can be wrong at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DecodeProblem {
    /// Another kind of JSON value than the field takes.
    WrongKind { expected: &'static str, found: &'static str },
    /// A key that the object cannot do without.
    MissingField(&'static str),
    /// Another object than was asked for; the found tag only if it is one of Stripe's.
    WrongTag { expected: &'static str, found: Option<&'static str> },
    /// The stub that is left of a deleted object.
    DeletedObject { name: &'static str },
    /// The stub that is left of a deleted object, which lacks a field that a lens reads.
    StubLacksField { field: &'static str },
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
    pub(crate) fn wrong_kind(expected: &'static str, found: &'static str) -> Self {
        Self { path: String::new(), problem: DecodeProblem::WrongKind { expected, found } }
    }

    /// A field that is not there.
    pub(crate) fn missing_field(field: &'static str) -> Self {
        Self { path: String::new(), problem: DecodeProblem::MissingField(field) }
    }

    /// A field that is not there because the object is deleted.
    pub(crate) fn deleted_object(field: &'static str) -> Self {
        Self { path: String::new(), problem: DecodeProblem::StubLacksField { field } }
    }

    /// Whether the whole was the stub of a deleted object.
    pub(crate) fn is_stub(&self) -> bool {
        self.path.is_empty() && matches!(self.problem, DecodeProblem::DeletedObject { .. })
    }

    /// The same error about a union: what helps is to take stubs of the union.
    pub(super) fn in_union(mut self, union: &'static str) -> Self {
        if let DecodeProblem::DeletedObject { name } = &mut self.problem {
            *name = union;
        }
        self
    }

    /// The same error, seen from an object that holds the erring one at `path`.
    #[must_use]
    pub(crate) fn with_path_prefix(mut self, path: &str) -> Self {
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

impl fmt::Display for DecodeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongKind { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::MissingField(field) => write!(f, "missing field `{field}`"),
            Self::WrongTag { expected, found: Some(found) } => {
                write!(f, "expected an object of kind `{expected}`, found one of kind `{found}`")
            }
            Self::WrongTag { expected, found: None } => {
                write!(f, "expected an object of kind `{expected}`, found another kind")
            }
            Self::DeletedObject { name } => {
                write!(
                    f,
                    "the object is deleted and only a stub is left of it; to receive stubs too, take `OrDeleted<{name}>`"
                )
            }
            Self::StubLacksField { field } => {
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
pub(super) struct ErrorTrail {
    problem: Option<DecodeProblem>,
    complete_error: Option<DecodeError>,
    /// From the innermost to the outermost.
    segments: Vec<Cow<'static, str>>,
}

impl ErrorTrail {
    /// Notes the problem and gives serde an error to carry out, which says the same without the place.
    #[cold]
    pub(super) fn fail<E: serde::de::Error>(&mut self, problem: DecodeProblem) -> E {
        let error = E::custom(&problem);
        self.problem = Some(problem);
        error
    }

    /// Notes an error that was already whole, of a part that was decoded on its own.
    #[cold]
    pub(super) fn fail_with_error<E: serde::de::Error>(&mut self, inner: DecodeError) -> E {
        let error = E::custom(&inner);
        self.complete_error = Some(inner);
        error
    }

    /// Notes the problem.
    #[cold]
    pub(super) fn note_problem(&mut self, problem: DecodeProblem) {
        self.problem = Some(problem);
    }

    /// Notes an error that was already whole.
    #[cold]
    pub(super) fn note_error(&mut self, inner: DecodeError) {
        self.complete_error = Some(inner);
    }

    #[cold]
    pub(super) fn push_field(&mut self, name: &'static str) {
        self.segments.push(Cow::Borrowed(name));
    }

    /// A key of a map. Keys of metadata are the user's own data: all that is said is that it was an entry.
    #[cold]
    pub(super) fn push_map_entry(&mut self) {
        self.segments.push(Cow::Borrowed("*"));
    }

    #[cold]
    pub(super) fn push_index(&mut self, index: usize) {
        self.segments.push(Cow::Owned(format!("[{index}]")));
    }

    /// The whole error, if the failure was one of ours; otherwise the data format's own reader gave up, somewhere in `path`.
    pub(super) fn into_error(self) -> Result<DecodeError, String> {
        let mut path = String::new();
        for segment in self.segments.iter().rev() {
            if !path.is_empty() && !segment.starts_with('[') {
                path.push('.');
            }
            path.push_str(segment);
        }
        match (self.problem, self.complete_error) {
            (Some(problem), _) => Ok(DecodeError { path, problem }),
            (None, Some(inner)) => Ok(inner.with_path_prefix(&path)),
            (None, None) => Err(path),
        }
    }

    /// The whole error of a failed read of JSON text, which is malformed at this place if nothing else was noted.
    #[cold]
    pub(super) fn into_text_error(self, position: TextPosition) -> DecodeError {
        let TextPosition { line, column } = position;
        self.into_error()
            .unwrap_or_else(|path| DecodeError { path, problem: DecodeProblem::Syntax { line, column } })
    }
}
