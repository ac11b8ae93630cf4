//! The page's table of what an inbox logs, held against the sources.

use std::{collections::BTreeSet, fs, path::Path};

const INBOX_PAGE: &str = include_str!("../../stripe-hooks/src/docs/inbox.md");

/// The texts of all sources in a folder, and in those within it.
fn read_sources(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &read_sources(&path);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all += &fs::read_to_string(path).unwrap();
        }
    }
    all
}

/// The last text in quotes of each call that begins so.
fn last_string_literals<'s>(source: &'s str, call: &'s str) -> impl Iterator<Item = &'s str> {
    source.split(call).skip(1).filter_map(|call| call.split_once(')')?.0.rsplit('"').nth(1))
}

/// What the sources can log.
fn messages_in_code() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stripe-hooks/src");
    let of_endpoint = ["inbox_delivery.rs", "inline.rs"].map(|file| root.join("endpoint").join(file));
    let of_endpoint = of_endpoint.map(|file| fs::read_to_string(file).unwrap()).concat();
    // Calls within a call would end it too early.
    let source = (read_sources(&root.join("inbox")) + &of_endpoint).replace("()", "");
    let calls = ["tracing::info!(", "tracing::warn!(", "tracing::error!("];
    let messages =
        calls.iter().flat_map(|call| last_string_literals(&source, call)).filter(|text| !text.contains('{'));
    let outages = ["outage.log_error(", ".log_result("]
        .into_iter()
        .flat_map(|call| last_string_literals(&source, call));
    let outages = outages.map(|text| format!("{text}; retrying"));
    messages.map(str::to_owned).chain(outages).collect()
}

/// What the page says: in each row's second cell the messages, and after a semicolon the fields.
fn messages_on_page() -> BTreeSet<String> {
    let table = INBOX_PAGE.split_once("| level | message; fields | when |").unwrap().1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.flat_map(|row| {
        let parts: Vec<_> = row.split(" | ").nth(1).unwrap().split('`').collect();
        let messages = parts.chunks(2).take_while(|part| !part[0].starts_with(';'));
        messages.filter_map(|part| part.get(1).map(|text| (*text).to_owned())).collect::<Vec<_>>()
    })
    .collect()
}

#[test]
fn the_page_lists_what_an_inbox_logs() {
    assert_eq!(messages_on_page(), messages_in_code());
}
