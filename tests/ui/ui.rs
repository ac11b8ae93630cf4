//! Compile errors as product text: each rule has a case in `fail`, each documented form one in
//! `pass`.
//!
//! The header of `case` describes the form of a case. A failing case also contains a correct handler
//! and a correct lens.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p stripe-hooks-ui-tests` writes the `.stderr` files of the cases
//! and the page of all messages. Read each changed message before you commit it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod case;
mod compile;
mod diagnostic;
mod page;
mod quotes;
mod source;
mod terminal_text;

use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

use case::{CodeToken, FailingCase, ReportedError};
use source::{CaseSource, folder_entries};

/// True if this run replaces the stored texts.
fn updates_snapshots() -> bool {
    env::var_os("UPDATE_SNAPSHOTS").is_some()
}

#[test]
fn mistakes_are_explained() {
    let wrong: String = CaseSource::read_folder("fail")
        .iter()
        .filter_map(|source| match compile::output_of(source).program {
            Some(_) => Some(format!("{}: this compiles, but is a mistake\n", source.file.display())),
            None => output_difference(source),
        })
        .collect();
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn forms_compile_and_run() {
    let mut wrong = String::new();
    for source in CaseSource::read_folder("pass") {
        let output = compile::output_of(&source);
        let Some(program) = &output.program else {
            wrong += &format!("{}: this does not compile\n{}\n", source.file.display(), output.text);
            continue;
        };
        wrong.extend(output_difference(&source));
        let run = Command::new(program).output().unwrap();
        if !run.status.success() {
            let says = String::from_utf8_lossy(&run.stderr);
            wrong += &format!("{}: the program ends with {}\n{says}\n", source.file.display(), run.status);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The difference between the text of a case and its file. A case without a message has no file.
fn output_difference(source: &CaseSource) -> Option<String> {
    let (text, file) = (&compile::output_of(source).text, source.expected_file());
    if updates_snapshots() {
        match text.is_empty() {
            true => drop(fs::remove_file(&file)),
            false => fs::write(&file, text).unwrap(),
        }
    }
    let name = source.file.display();
    match fs::read_to_string(&file) {
        Ok(expected) if expected == *text => None,
        Ok(expected) => {
            Some(format!("{name}: the text has changed\n{}\n", terminal_text::diff_lines(&expected, text)))
        }
        Err(_) if text.is_empty() => None,
        Err(_) => Some(format!("{name}: the file with its text is missing; the text is\n{text}\n")),
    }
}

#[test]
fn each_file_belongs_to_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_case = |name: &str| name.ends_with(".rs") || name.ends_with(".stderr");
    let groups = folder_entries(&folder.join("fail"));
    for group in &groups {
        assert!(group.is_dir(), "{} belongs into one of the folders beside it", group.display());
    }
    for file in groups.iter().chain([&folder.join("pass")]).flat_map(|group| folder_entries(group)) {
        assert!(is_case(&file.to_string_lossy()), "{} is no part of a case", file.display());
        assert!(file.with_extension("rs").exists(), "{} is left of a case that is gone", file.display());
    }
    let names: Vec<_> = CaseSource::read_folder("fail").into_iter().map(|source| source.name).collect();
    let different: BTreeSet<_> = names.iter().collect();
    assert_eq!(different.len(), names.len(), "two cases have the same name");
}

/// A case with more than one error.
struct MultipleErrors {
    case: &'static str,
    /// The number of errors that a terminal shows.
    terminal_count: usize,
    /// The number of errors that an editor shows.
    json_count: usize,
    reason: &'static str,
}

/// The cases in which one mistake is several errors, or which make several mistakes. This list may
/// only shrink.
const CASES_WITH_MULTIPLE_ERRORS: &[MultipleErrors] = &[
    MultipleErrors {
        case: "several_mistakes",
        terminal_count: 3,
        json_count: 3,
        reason: "the case makes three mistakes",
    },
    MultipleErrors {
        case: "lens_two_mistakes",
        terminal_count: 2,
        json_count: 2,
        reason: "the case makes two mistakes",
    },
    MultipleErrors {
        case: "two_wrong_arguments",
        terminal_count: 2,
        json_count: 2,
        reason: "the case makes two mistakes",
    },
    MultipleErrors {
        case: "lens_missing_generics",
        terminal_count: 1,
        json_count: 2,
        reason: "a derive can ask about the type of a field only if it names the type again, and the compiler checks \
                 the parameters wherever a type is named",
    },
    MultipleErrors {
        case: "in_impl_block",
        terminal_count: 2,
        json_count: 2,
        reason: "an attribute cannot tell that its function stands in an `impl` block, where neither the constant \
                 that registers it nor the plain name of the function is allowed",
    },
    MultipleErrors {
        case: "not_extractable_not_send",
        terminal_count: 2,
        json_count: 2,
        reason: "the compiler decides by two questions whether a type can be an argument and whether it is `Send`",
    },
    MultipleErrors {
        case: "state_of_trait_object_not_send",
        terminal_count: 2,
        json_count: 2,
        reason: "an `Arc` is `Send` only if its content is `Send` and `Sync`, and the compiler reports each",
    },
];

#[test]
fn one_mistake_is_one_error() {
    let cases = FailingCase::read_all();
    for MultipleErrors { case, terminal_count: shown, json_count: reported, reason } in
        CASES_WITH_MULTIPLE_ERRORS
    {
        assert!(cases.iter().any(|found| found.source.name == *case), "{case}: there is no such case");
        assert!(
            (*shown, *reported) != (1, 1),
            "{case} has one error and no longer needs its reason: {reason}"
        );
    }
    let mut wrong = String::new();
    for FailingCase {
        source, compiler_output: output, terminal_errors: shown, json_errors: reported, ..
    } in cases
    {
        let several = CASES_WITH_MULTIPLE_ERRORS.iter().find(|several| several.case == source.name);
        let expected = several.map_or((1, 1), |several| (several.terminal_count, several.json_count));
        let found = (shown.len(), reported.len());
        if found != expected {
            wrong += &format!("{}: (shown, reported) is {found:?} and not {expected:?}\n", source.name);
        }
        assert_eq!(output.error_count, reported.len(), "{}: cargo counts other errors", source.name);
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn each_message_marks_a_token_that_is_wrong() {
    for FailingCase {
        source,
        compiler_output: output,
        terminal_errors: shown,
        json_errors: reported,
        wrong_tokens: wrong,
        ..
    } in FailingCase::read_all()
    {
        assert_marked_tokens(&source.name, &shown, wrong.clone());
        let is_first = |at: &usize| {
            let rendered = &output.errors[*at].rendered;
            output.errors[..*at].iter().all(|above| above.rendered != *rendered)
        };
        let different = (0..reported.len()).filter(is_first).map(|at| &reported[at]);
        assert_marked_tokens(&source.name, different, wrong);
    }
}

/// Expects that each message marks one of these tokens, and that none is left.
fn assert_marked_tokens<'a>(
    case: &str,
    messages: impl IntoIterator<Item = &'a ReportedError>,
    mut wrong: Vec<CodeToken>,
) {
    for ReportedError { headline, marked_code: marked, .. } in messages {
        match wrong.iter().position(|token| token == marked) {
            Some(at) => drop(wrong.remove(at)),
            None => panic!("{case}: `{headline}` marks {marked:?}; what is wrong is {wrong:?}"),
        }
    }
    assert!(wrong.is_empty(), "{case}: no message marks {wrong:?}");
}

/// Paths that users never write, and so should never have to read.
const HIDDEN_NAMES: &[&str] = &["__hooks", "__private", "stripe_hooks::events::", "stripe_hooks::schema::"];

/// The names of the traits that give a message its words. The compiler names them in a note of its
/// own.
const ARGUMENT_TRAIT_PREFIX: &str = "ArgumentOf";

#[test]
fn messages_speak_of_the_users_code() {
    for FailingCase {
        source: CaseSource { name, .. },
        compiler_output: output,
        terminal_errors: shown,
        json_errors: reported,
        ..
    } in FailingCase::read_all()
    {
        let hidden = HIDDEN_NAMES.iter().find(|hidden| output.text.contains(**hidden));
        assert_eq!(hidden, None, "{name}: {}", output.text);
        for text in shown.iter().chain(&reported).flat_map(|error| [&error.headline, &error.label]) {
            assert!(!text.contains(ARGUMENT_TRAIT_PREFIX), "{name}: {text}");
        }
    }
}

#[test]
fn each_message_says_what_to_write_or_its_case_does() {
    for FailingCase { source, terminal_errors: shown, json_errors: reported, advice, .. } in
        FailingCase::read_all()
    {
        for errors in [shown, reported] {
            let helps = errors.iter().all(|error| error.help.is_some());
            let name = &source.name;
            assert!(helps != advice.is_some(), "{name}: the compiler's own words need advice, ours hold it");
        }
    }
}

#[test]
fn each_case_has_a_neighbour() {
    for FailingCase { source: CaseSource { name, text, .. }, compiler_output: output, .. } in
        FailingCase::read_all()
    {
        let (_, neighbour) = text.split_once("\nfn main() {}\n").expect("a case has a `main`");
        assert!(neighbour.contains("on_event("), "{name}: the neighbour has no handler");
        assert!(neighbour.contains("Lens)]"), "{name}: the neighbour has no lens");
        assert!(!neighbour.contains("//~"), "{name}: the neighbour is right");
        assert!(!output.text.to_lowercase().contains("neighbour"), "{name}: {}", output.text);
    }
}
