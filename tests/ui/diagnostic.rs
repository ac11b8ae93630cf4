//! The messages of rustc, in the JSON that editors read.

use serde::Deserialize;

/// A message of rustc, as far as the tests need it.
#[derive(Deserialize)]
pub(crate) struct Diagnostic {
    pub(crate) message: String,
    pub(crate) level: String,
    pub(crate) spans: Vec<DiagnosticSpan>,
    pub(crate) children: Vec<Diagnostic>,
    pub(crate) rendered: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct DiagnosticSpan {
    pub(crate) line_start: usize,
    pub(crate) is_primary: bool,
    pub(crate) label: Option<String>,
    pub(crate) text: Vec<SpanLine>,
}

/// A line of code in which a span lies. The columns are counted in characters, from 1.
#[derive(Deserialize)]
pub(crate) struct SpanLine {
    pub(crate) text: String,
    pub(crate) highlight_start: usize,
    pub(crate) highlight_end: usize,
}
