//! Compile errors as product text: each rule has a case in `fail`, each documented form one in `pass`.
//!
//! `TRYBUILD=overwrite cargo test -p stripe-hooks-ui-tests` writes the messages anew; read each of them before it is committed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod case;
mod page;
mod quotes;

use case::{Case, Message};

#[test]
fn mistakes_are_explained_and_forms_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*/*.rs");
    cases.pass("pass/*.rs");
}

/// The cases that show several errors, and how many: those that hold several mistakes, and three that a macro cannot see.
/// Nothing tells an attribute that its function stands in an `impl` block, so that the compiler trips twice over what it adds there. And
/// whether a type can be an argument and whether it is `Send` are two questions, which the compiler answers each by itself; so are, of what an
/// `Arc` holds, whether it is `Send` and whether it is `Sync`.
const SEVERAL: &[(&str, usize)] = &[
    ("several_mistakes", 3),
    ("lens_two_mistakes", 2),
    ("two_wrong_arguments", 2),
    ("in_impl_block", 2),
    ("not_extractable_not_send", 2),
    ("state_of_trait_object_not_send", 2),
];

#[test]
fn one_mistake_shows_one_error() {
    for Case { name, errors, .. } in Case::all() {
        let expected = SEVERAL.iter().find(|(several, _)| *several == name).map_or(1, |(_, count)| *count);
        assert_eq!(errors.len(), expected, "{name}");
    }
}

#[test]
fn each_message_marks_a_token_that_is_wrong() {
    for Case { name, errors, mut wrong, .. } in Case::all() {
        for Message { headline, marked, .. } in errors {
            match wrong.iter().position(|token| *token == marked) {
                Some(at) => drop(wrong.remove(at)),
                None => panic!("{name}: `{headline}` marks {marked:?}; what is wrong is {wrong:?}"),
            }
        }
        assert!(wrong.is_empty(), "{name}: no message marks {wrong:?}");
    }
}

/// What nobody writes, and so nobody should have to read.
const HIDDEN: &[&str] = &["__hooks", "__private", "stripe_hooks::events::", "stripe_hooks::schema::"];

/// The trait that gives a message its words, which the compiler names in a note of its own.
const WORDING: &str = "HandlerArgument";

#[test]
fn messages_speak_of_the_users_code() {
    for Case { name, errors, said, .. } in Case::all() {
        let hidden = HIDDEN.iter().find(|hidden| said.contains(**hidden));
        assert_eq!(hidden, None, "{name}: {said}");
        for text in errors.iter().flat_map(|error| [&error.headline, &error.label]) {
            assert!(!text.contains(WORDING), "{name}: {text}");
        }
    }
}

#[test]
fn each_message_says_what_to_write_or_its_case_does() {
    for Case { name, errors, advice, .. } in Case::all() {
        let helps = errors.iter().all(|error| error.help.is_some());
        assert!(helps != advice.is_some(), "{name}: the compiler's own words need advice, ours hold it");
    }
}
