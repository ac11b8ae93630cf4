//! The inbox's sources, for the tests that search them.

use std::{fs, path::Path};

/// The Rust and SQL files of a folder of the inbox: the name of each, and its text without
/// comments, tests and the backslashes at the ends of lines. The modules that search are left out.
pub(super) fn read_code(folder: &str) -> Vec<(String, String)> {
    const SEARCHING_MODULES: [&str; 2] = ["clock_lint.rs", "state_words_test.rs"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/inbox").join(folder);
    let mut sources = Vec::new();
    for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !path.is_file() || SEARCHING_MODULES.contains(&&*name) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let without_comment = |line: &str| {
            let comment = ["//", "--"].iter().filter_map(|mark| line.find(mark)).min();
            line[..comment.unwrap_or(line.len())].trim_end_matches('\\').to_owned()
        };
        sources.push((name, code.lines().map(without_comment).collect::<Vec<_>>().join("\n")));
    }
    assert!(sources.len() > 5, "no sources found in {}", folder.display());
    sources
}
