//! Tests that compare the state words in the SQL of both engines with [`RunState`]. The SQL has
//! states as literals, because partial indexes need them.

use std::{collections::BTreeSet, path::Path};

use super::{
    run::{RunResult, RunState},
    test_sources::read_code,
};

/// The quoted words of the SQL that are not states.
const NON_STATE_WORDS: &[&str] = &[
    "client_connection_check_interval",
    "decides_answer",
    "error",
    "fence",
    "id",
    "lapsed",
    "off",
    "on",
    "reason",
    "reply",
    "result",
    "run_at",
    "schema_version",
    "second",
    "state",
    "stripe_hooks_events",
    "stripe_hooks_schema",
    "synchronous_commit",
    "table",
    "transaction_isolation",
    "uncounted",
];

fn all_states() -> Vec<&'static str> {
    RunState::ALL.iter().map(|state| state.as_str()).collect()
}

/// The sources of the inbox, in Rust and in SQL: the path of each, and its code with white space as
/// single spaces.
fn read_sources() -> Vec<(String, String)> {
    let mut sources = Vec::new();
    for folder in ["", "postgres", "sqlite"] {
        for (name, code) in read_code(folder) {
            let words: Vec<_> = code.split_whitespace().collect();
            sources.push((Path::new(folder).join(name).display().to_string(), words.join(" ")));
        }
    }
    sources.sort();
    sources
}

/// The quoted words of a text: at least two lower-case letters or `_`.
fn find_quoted_words(text: &str) -> Vec<&str> {
    let quotes: Vec<usize> = text.match_indices('\'').map(|(at, _)| at).collect();
    let between = quotes.windows(2).map(|pair| &text[pair[0] + 1..pair[1]]);
    let is_word =
        |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    between.filter(is_word).collect()
}

/// The lists that follow this text, which ends with the list's parenthesis.
fn find_state_lists<'t>(code: &'t str, opening: &str) -> Vec<Vec<&'t str>> {
    let list = |rest: &'t str| find_quoted_words(rest.split(')').next().unwrap());
    code.split(opening).skip(1).map(list).collect()
}

/// The single words that a column `state` is compared with or set to.
fn find_single_words(code: &str) -> Vec<&str> {
    let of = |opening| code.split(opening).skip(1).map(|rest: &str| rest.split('\'').next().unwrap());
    ["state = '", "state <> '", "state WHEN '"].into_iter().flat_map(of).collect()
}

#[test]
fn each_quoted_word_of_the_sql_is_a_state_or_known_not_to_be_one() {
    let sources = read_sources();
    let words: BTreeSet<&str> = sources.iter().flat_map(|(_, code)| find_quoted_words(code)).collect();
    let known = all_states().into_iter().chain([RunResult::Skipped.as_str()]);
    let known: BTreeSet<&str> = known.chain(NON_STATE_WORDS.iter().copied()).collect();
    assert_eq!(words, known);
}

#[test]
fn the_sql_compares_a_runs_state_with_states_alone() {
    let mut count = 0;
    for (path, code) in read_sources() {
        let lists: Vec<_> =
            ["state IN (", "state NOT IN ("].iter().flat_map(|list| find_state_lists(&code, list)).collect();
        // The filter of an operator writes the word of a `RunState`.
        let words = find_single_words(&code).into_iter().filter(|word| *word != "{}");
        for word in lists.concat().into_iter().chain(words) {
            assert!(all_states().contains(&word), "{path}: `{word}`");
            count += 1;
        }
    }
    assert!(count > 80, "the comparisons are written in another way: {count}");
}

#[test]
fn the_tables_have_room_for_exactly_the_states() {
    for (path, code) in read_sources().iter().filter(|(path, _)| path.ends_with("schema.sql")) {
        assert_eq!(find_state_lists(code, "CHECK (state IN ("), [all_states()], "{path}");
    }
}

/// A negative list stands for one state where the planner must not use that state's index. A new
/// state must enter each of these lists.
#[test]
fn each_negative_list_of_states_leaves_one_state() {
    let mut left = Vec::new();
    for (path, code) in read_sources() {
        for list in find_state_lists(&code, "state NOT IN (") {
            let rest: Vec<_> = all_states().into_iter().filter(|state| !list.contains(state)).collect();
            left.push((path.clone(), rest.join(" or ")));
        }
    }
    let left: Vec<_> = left.iter().map(|(path, states)| (path.as_str(), states.as_str())).collect();
    let work = Path::new("postgres").join("worker_queries.rs").display().to_string();
    assert_eq!(left, [(&*work, "pending"), (&*work, "running"), (&*work, "running")]);
}
