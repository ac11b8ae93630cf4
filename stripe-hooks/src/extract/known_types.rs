//! Compares the types that `#[on_event]` recognizes by name with the types of this crate.

use std::{collections::BTreeSet, fs, path::Path};

macro_rules! known_types {
    ($($availability:ident: $($name:ident),+;)+) => {
        /// The compiler resolves each name at the root of the crate, where users find it. It lets
        /// only a public item be exported again.
        #[allow(unreachable_pub, unused_imports, reason = "nothing uses the exports")]
        mod resolved {
            $($(pub use crate::$name;)+)+
        }

        /// The names of each group.
        const KNOWN: &[(&str, &[&str])] = &[$((stringify!($availability), &[$(stringify!($name)),+])),+];
    };
}

// The file of another crate of the workspace; a package that is unpacked alone lacks it.
include!("../../../stripe-hooks-macros/src/types/known.rs");

fn known_type_names(availability: &str) -> BTreeSet<String> {
    let (_, names) = KNOWN.iter().find(|(group, _)| *group == availability).unwrap();
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The code of all sources in a folder and in the folders within it, without lines of comments.
fn read_code_in(folder: &Path) -> String {
    let mut code = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            code += &read_code_in(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(path).unwrap();
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                code += line;
                code += "\n";
            }
        }
    }
    code
}

fn read_library_code() -> String {
    read_code_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn is_type_name(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_uppercase()) && word.len() > 1
}

/// The types that implement a trait by an `impl` of their own, for events of a kind `E`.
fn implementors(code: &str, of: &str) -> BTreeSet<String> {
    let implementation = format!(" {of}<'cx, E> for ");
    let types = code.split(&implementation).skip(1);
    types
        .map(|rest| rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default())
        .filter(|name| is_type_name(name))
        .map(str::to_owned)
        .collect()
}

#[test]
fn an_argument_that_is_never_absent_is_known_as_one() {
    let code = read_library_code();
    let mut implementors = &implementors(&code, "FromEvent") | &implementors(&code, "DecodePayload");
    // The macro looks into an `Option` and into an `Event`, whose presence depends on the payload.
    assert!(implementors.remove("Option") && implementors.remove("Event"));
    assert_eq!(implementors, known_type_names("EveryEvent"));
}

#[test]
fn a_fact_of_snapshot_events_alone_is_known_as_one() {
    let code = read_library_code();
    let (_, rows) = code.split_once("\nimpl_optional_from_event! {\n").unwrap();
    let rows = rows.lines().take_while(|line| *line != "}");
    let names = rows.filter_map(|row| row.trim().split_once(" of SnapshotEventType,"));
    let names: BTreeSet<String> = names.map(|(name, _)| name.to_owned()).collect();
    assert_eq!(names, known_type_names("SnapshotEvents"));
}
