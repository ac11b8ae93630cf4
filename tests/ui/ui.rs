//! Compile errors as product text: each rule has a case in `fail`, each documented form one in `pass`.
//!
//! `TRYBUILD=overwrite cargo test -p stripe-hooks-ui-tests` writes the messages anew; read each of them before it is committed.

#![allow(clippy::unwrap_used)]

use std::{ffi::OsStr, fs, path::PathBuf};

#[test]
fn mistakes_are_explained_and_forms_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*.rs");
    cases.pass("pass/*.rs");
}

/// The messages of the failing cases, by name of the case.
fn messages() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fail");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut messages: Vec<_> = files
        .filter(|file| file.extension() == Some(OsStr::new("stderr")))
        .map(|file| {
            (file.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(file).unwrap())
        })
        .collect();
    messages.sort();
    messages
}

/// The cases that show several errors, and how many: those that hold several mistakes, and two that a macro cannot see.
/// Nothing tells an attribute that its function stands in an `impl` block, so that the compiler trips twice over what it adds there. And
/// whether a type can be an argument and whether it is `Send` are two questions, which the compiler answers each by itself.
const SEVERAL: &[(&str, usize)] = &[
    ("several_mistakes", 3),
    ("two_wrong_arguments", 2),
    ("in_impl_block", 2),
    ("not_extractable_not_send", 2),
];

#[test]
fn one_mistake_shows_one_error() {
    for (case, message) in messages() {
        let errors = message.lines().filter(|line| line.starts_with("error")).count();
        let expected = SEVERAL.iter().find(|(name, _)| *name == case).map_or(1, |(_, count)| *count);
        assert_eq!(errors, expected, "{case}:\n{message}");
    }
}

#[test]
fn messages_speak_of_the_users_code() {
    for (case, message) in messages() {
        let headlines = message.lines().filter(|line| line.starts_with("error"));
        let labels = message.lines().filter(|line| line.contains('^'));
        for line in headlines.chain(labels) {
            assert!(!line.contains("__private"), "{case}: {line}");
        }
    }
}

/// Where the compiler's own words say it best.
const IN_THE_COMPILERS_WORDS: &[&str] = &[
    "crate_unknown_path",
    "endpoint_unknown_type",
    "future_not_send",
    "future_not_send_lending",
    "in_impl_block",
    "inferred_argument",
    "missing_generics",
    "missing_generics_of_event",
    "mistake_in_the_body",
    "state_not_send",
    "unknown_return_type",
    "unknown_type",
];

#[test]
fn each_message_of_ours_says_what_to_write() {
    for (case, message) in messages() {
        let ours = !IN_THE_COMPILERS_WORDS.contains(&case.as_str());
        assert!(!ours || message.contains("help: "), "{case}:\n{message}");
    }
}
