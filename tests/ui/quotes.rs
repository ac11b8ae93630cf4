//! The messages that the documentation quotes. Each quote must match the compiler's message for a
//! failing case, though some quotes are shortened.

use std::{fs, path::PathBuf};

use crate::case::{FailingCase, ReportedError, split_errors};

const QUOTING_PAGES: &[&str] =
    &["README.md", "stripe-hooks/src/docs/on_event.md", "stripe-hooks/src/docs/lens.md"];

#[test]
fn messages_are_quoted_as_the_compiler_says_them() {
    let said: Vec<_> = FailingCase::read_all().into_iter().flat_map(|case| case.terminal_errors).collect();
    let mut quoted = Vec::new();
    for page in QUOTING_PAGES {
        let text =
            fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(page)).unwrap();
        for quote in text.split("```text\n").skip(1).filter_map(|block| block.split("```").next()) {
            for quote in split_errors(&join_lines(quote)).map(parse_quote) {
                let is_said = said.iter().any(|message| is_quoted(message, &quote));
                assert!(is_said, "{page}: of no case the compiler says `{}`", quote.headline);
                quoted.push(quote.headline);
            }
        }
    }
    for what in ["sends no event", "cannot take", "cannot be a plain", "has no field", "is never"] {
        assert!(quoted.iter().any(|headline| headline.contains(what)), "nothing shows `{what}`: {quoted:#?}");
    }
}

/// Returns `true` if the quote matches the message. The quote may omit the help below the code.
fn is_quoted(message: &ReportedError, quote: &ReportedError) -> bool {
    message.headline == quote.headline
        && message.label == quote.label
        && message.marked_code.text == quote.marked_code.text
        && (quote.help.is_none() || message.help == quote.help)
}

/// Returns a quote in which each note is one line again.
fn join_lines(quote: &str) -> String {
    const QUOTE_INDENT: &str = "          ";
    let mut whole = String::new();
    for line in quote.lines() {
        match line.strip_prefix(QUOTE_INDENT).filter(|rest| !rest.starts_with(' ')) {
            Some(rest) => {
                whole.truncate(whole.trim_end().len());
                whole.extend([" ", rest, "\n"]);
            }
            None => whole.extend([line, "\n"]),
        }
    }
    whole
}

fn parse_quote(quote: &str) -> ReportedError {
    let (number, code) = quote
        .lines()
        .find_map(|line| {
            let (number, code) = line.split_once(" | ")?;
            Some((number.trim().parse::<usize>().ok()?, code))
        })
        .unwrap();
    let mut lines = vec![""; number];
    lines[number - 1] = code;
    ReportedError::from_terminal_text(quote, &lines)
}
