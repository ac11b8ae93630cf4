//! The page of all messages, `stripe-hooks/src/docs/compile-errors.md`, written from the failing
//! cases.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p stripe-hooks-ui-tests` writes it again.

use std::{fs, path::PathBuf};

use crate::{
    case::{FailingCase, ReportedError},
    updates_snapshots,
};

/// The folders of `fail`, in the order of the page, with their headings.
const CASE_GROUPS: &[(&str, &str)] = &[
    ("names", "Names of events, and patterns"),
    ("attribute", "The attribute, and the function under it"),
    ("arguments", "Arguments"),
    ("returns", "What a handler returns"),
    ("endpoint", "Endpoints"),
    ("transition", "Transitions"),
    ("lens", "Lenses"),
    ("enums", "Enums"),
];

const PAGE_HEAD: &str = "\
<!-- Written by tests/ui out of its failing cases; edit those instead. -->
The compiler's messages about handlers, lenses and enums, with the fix for each mistake that the tests of this crate make on purpose. One mistake is one error,
and it marks the token that is wrong. Where the compiler finds the words itself, as for a type that was not imported, they are its own.
";

#[test]
fn the_page_of_all_messages_is_what_the_compiler_says() {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../stripe-hooks/src/docs/compile-errors.md");
    let page = render_page(&FailingCase::read_all());
    if updates_snapshots() {
        fs::write(&file, &page).unwrap();
    }
    let stands = fs::read_to_string(&file).unwrap_or_default();
    let differs = stands.lines().zip(page.lines()).find(|(stands, expected)| stands != expected);
    assert!(stands == page, "compile-errors.md is not what the cases give, from here on: {differs:#?}");
}

fn render_page(cases: &[FailingCase]) -> String {
    for case in cases {
        assert!(
            CASE_GROUPS.iter().any(|(group, _)| *group == case.source.group),
            "{} needs a heading",
            case.source.group
        );
    }
    let mut page = PAGE_HEAD.to_owned();
    for (group, heading) in CASE_GROUPS {
        let rows: Vec<_> =
            cases.iter().filter(|case| case.source.group == *group).flat_map(case_rows).collect();
        if !rows.is_empty() {
            page.push_str(&format!("\n# {heading}\n\n| Mistake | Message | Fix |\n| --- | --- | --- |\n"));
            page.extend(rows);
        }
    }
    page
}

/// Returns a row for each error of a case.
fn case_rows(case: &FailingCase) -> impl Iterator<Item = String> {
    case.terminal_errors.iter().map(|ReportedError { headline, help, .. }| {
        let message = headline.strip_prefix("evaluation panicked: ").unwrap_or(headline);
        let fix = help.as_ref().or(case.advice.as_ref()).unwrap();
        let [mistake, message, fix] = [&case.description, message, &to_sentence(fix)].map(to_table_cell);
        format!("| {mistake} | {message} | {fix} |\n")
    })
}

/// Returns a text as a sentence. Our messages continue in lower case after `help:`, but a cell
/// begins with a capital letter.
fn to_sentence(text: &str) -> String {
    let (first, rest) = text.split_at_checked(1).unwrap_or((text, ""));
    let end = if text.ends_with(['.', '?']) { "" } else { "." };
    format!("{}{rest}{end}", first.to_uppercase())
}

/// Returns a text as a cell: it escapes the characters that would end the cell, and turns addresses
/// into links.
fn to_table_cell(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let address = word.trim_end_matches([';', '.', ',']);
        match word.starts_with("https://") {
            true => word.replacen(address, &format!("<{address}>"), 1),
            false => word.replace('|', "\\|"),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
