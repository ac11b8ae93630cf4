//! The cases in the form that the tests read: the mistake that a case describes, and the errors
//! that the compiler reports for it.
//!
//! The first line of a failing case describes its mistake. The tokens that a message must mark
//! follow `//~` at the end of each wrong line. If the compiler's own message has no advice, the
//! lines below the first line of the case give it.
//!
//! Each failing case has a correct handler and a correct lens below `fn main() {}`. A program has
//! many handlers, and the mistake in one of them must not cause an error about another. The handler
//! takes an argument of the type that is at fault if any event has it, and otherwise of the type
//! that the case should have taken.

use crate::{
    compile::{self, CompilerOutput},
    diagnostic::Diagnostic,
    source::CaseSource,
};

/// A failing case and its errors.
pub(crate) struct FailingCase {
    pub(crate) source: CaseSource,
    pub(crate) description: String,
    /// The fix, if no message names it.
    pub(crate) advice: Option<String>,
    /// The tokens that are wrong.
    pub(crate) wrong_tokens: Vec<CodeToken>,
    pub(crate) compiler_output: &'static CompilerOutput,
    /// The errors in the text of a terminal, which shows equal errors once.
    pub(crate) terminal_errors: Vec<ReportedError>,
    /// The errors in the JSON that editors read.
    pub(crate) json_errors: Vec<ReportedError>,
}

/// A piece of a case's code, and the line in which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeToken {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// An error.
pub(crate) struct ReportedError {
    pub(crate) headline: String,
    /// The text beside the marked code.
    pub(crate) label: String,
    /// The advice.
    pub(crate) help: Option<String>,
    pub(crate) marked_code: CodeToken,
}

impl FailingCase {
    /// Returns all failing cases, by group and name.
    pub(crate) fn read_all() -> Vec<Self> {
        CaseSource::read_folder("fail").into_iter().map(Self::from_source).collect()
    }

    fn from_source(source: CaseSource) -> Self {
        let lines: Vec<_> = source.text.lines().map(|line| line.split(" //~ ").collect::<Vec<_>>()).collect();
        let wrong = lines.iter().enumerate().flat_map(|(at, line)| {
            line.iter().skip(1).map(move |text| CodeToken { line: at + 1, text: text.trim_end().to_owned() })
        });
        let wrong = wrong.collect();
        let says: Vec<_> =
            source.text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let (mistake, advice) = says.split_first().expect("a case begins with its mistake");
        let code: Vec<_> = lines.iter().map(|line| line[0]).collect();
        let output = compile::output_of(&source);
        Self {
            description: (*mistake).to_owned(),
            advice: Some(advice.join(" ").trim().to_owned()).filter(|advice| !advice.is_empty()),
            wrong_tokens: wrong,
            terminal_errors: split_errors(&output.text)
                .map(|error| ReportedError::from_terminal_text(error, &code))
                .collect(),
            json_errors: output.errors.iter().map(ReportedError::from_diagnostic).collect(),
            compiler_output: output,
            source,
        }
    }
}

impl ReportedError {
    /// Reads an error as a terminal shows it, in this code.
    pub(crate) fn from_terminal_text(error: &str, code: &[&str]) -> Self {
        let (above, below) = error.split_once("--> ").unwrap();
        let above: Vec<_> = above.trim_end().lines().collect();
        let (headline, more) = above.split_first().unwrap();
        let (_, headline) = headline.split_once(": ").unwrap();
        let advice = more.iter().find_map(|line| line.trim().strip_prefix("help: "));
        let note = || below.lines().find_map(|line| line.trim().strip_prefix("= note: help: "));
        let mut place = below.lines().next().unwrap().rsplit(':').map(str::parse::<usize>);
        let (Some(Ok(column)), Some(Ok(line))) = (place.next(), place.next()) else {
            panic!("no place in {error}")
        };
        let carets = below.lines().find(|line| line.contains('^')).unwrap();
        let after: String = code[line - 1].chars().skip(column - 1).collect();
        // A line on the left leads to the carets if a mark spans several lines. Only the first line
        // is compared.
        let several = carets.contains("_^");
        let marks = carets.chars().skip_while(|c| *c != '^').take_while(|c| *c == '^').count();
        let marked = after.chars().take(if several { usize::MAX } else { marks }).collect();
        Self {
            headline: (*headline).to_owned(),
            label: carets.rsplit('^').next().unwrap().trim().to_owned(),
            help: advice.or_else(note).map(str::to_owned),
            marked_code: CodeToken { line, text: marked },
        }
    }

    /// Reads an error as editors receive it.
    fn from_diagnostic(error: &Diagnostic) -> Self {
        let mut lines = error.message.lines();
        let headline = lines.next().unwrap_or_default().to_owned();
        let advice = lines.find_map(|line| line.trim().strip_prefix("help: "));
        let note = || error.children.iter().find_map(|note| note.message.strip_prefix("help: "));
        let span = error.spans.iter().find(|span| span.is_primary).expect("an error marks some code");
        let marked = span.text.first().map_or_else(String::new, |line| {
            let marks = line.highlight_end - line.highlight_start;
            let marked: String = line.text.chars().skip(line.highlight_start - 1).take(marks).collect();
            // A mark that spans several lines contains the comment of the first line.
            marked.split(" //~ ").next().unwrap_or_default().to_owned()
        });
        Self {
            headline,
            label: span.label.clone().unwrap_or_default(),
            help: advice.or_else(note).map(str::to_owned),
            marked_code: CodeToken { line: span.line_start, text: marked },
        }
    }
}

/// Returns the errors in the text of a terminal, without the closing line.
pub(crate) fn split_errors(text: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<_> = text.match_indices("error").map(|(at, _)| at).collect();
    let starts = starts.into_iter().filter(|at| *at == 0 || text[..*at].ends_with('\n'));
    let starts: Vec<_> = starts.chain([text.len()]).collect();
    let errors = (1..starts.len()).map(move |n| &text[starts[n - 1]..starts[n]]);
    errors.filter(|error| !error.starts_with("error: could not compile "))
}
