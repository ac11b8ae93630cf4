//! The failing cases as the tests read them: what a case says of its mistake, and what the compiler says of the case.
//!
//! A case tells its mistake in the first line, and after each line that is wrong, behind `//~`, the tokens that are: those that a message
//! must mark. Where the compiler's own words have no advice, the case gives it in the lines below the first.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

/// One case of `fail`.
pub(crate) struct Case {
    /// The folder that it lies in, which says what it is about.
    pub(crate) group: String,
    pub(crate) name: String,
    /// What it does wrong.
    pub(crate) mistake: String,
    /// What to do about it, where the message does not say it.
    pub(crate) advice: Option<String>,
    /// The tokens that are wrong.
    pub(crate) wrong: Vec<Token>,
    pub(crate) errors: Vec<Message>,
    /// All that the compiler says, with its notes.
    pub(crate) said: String,
}

/// Some code of a case, and the line that it begins in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// One error of the compiler's.
pub(crate) struct Message {
    pub(crate) headline: String,
    /// What it says beside the code that it marks.
    pub(crate) label: String,
    /// What it tells to write.
    pub(crate) help: Option<String>,
    /// The code that it marks.
    pub(crate) marked: Token,
}

impl Case {
    /// All cases, by group and name.
    pub(crate) fn all() -> Vec<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fail");
        let groups = entries(&folder).into_iter().inspect(|group| {
            assert!(group.is_dir(), "{} belongs into one of the folders beside it", group.display());
        });
        groups
            .flat_map(|group| entries(&group))
            .filter(|file| has_extension(file, "rs"))
            .map(Self::read)
            .collect()
    }

    fn read(file: PathBuf) -> Self {
        let source = fs::read_to_string(&file).unwrap();
        let stderr = fs::read_to_string(file.with_extension("stderr")).unwrap_or_else(|_| {
            panic!("nobody has written down what the compiler says of {}", file.display())
        });
        let lines: Vec<_> = source.lines().map(|line| line.split(" //~ ").collect::<Vec<_>>()).collect();
        let wrong = lines.iter().enumerate().flat_map(|(at, line)| {
            line.iter().skip(1).map(move |text| Token { line: at + 1, text: text.trim_end().to_owned() })
        });
        let says: Vec<_> = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let (mistake, advice) = says.split_first().expect("a case begins with its mistake");
        let code: Vec<_> = lines.iter().map(|line| line[0]).collect();
        Self {
            group: name(file.parent().unwrap()),
            name: name(&file),
            mistake: (*mistake).to_owned(),
            advice: Some(advice.join(" ").trim().to_owned()).filter(|advice| !advice.is_empty()),
            wrong: wrong.collect(),
            errors: errors(&stderr).map(|error| Message::read(error, &code)).collect(),
            said: stderr,
        }
    }
}

impl Message {
    pub(crate) fn read(error: &str, code: &[&str]) -> Self {
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
        // A line on the left leads to the carets of several lines; of these, the first is compared.
        let several = carets.contains("_^");
        let marks = carets.chars().skip_while(|c| *c != '^').take_while(|c| *c == '^').count();
        let marked = after.chars().take(if several { usize::MAX } else { marks }).collect();
        Self {
            headline: (*headline).to_owned(),
            label: carets.rsplit('^').next().unwrap().trim().to_owned(),
            help: advice.or_else(note).map(str::to_owned),
            marked: Token { line, text: marked },
        }
    }
}

/// The errors of a whole output.
pub(crate) fn errors(stderr: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<_> = stderr.match_indices("error").map(|(at, _)| at).collect();
    let starts = starts.into_iter().filter(|at| *at == 0 || stderr[..*at].ends_with('\n'));
    let starts: Vec<_> = starts.chain([stderr.len()]).collect();
    (1..starts.len()).map(move |n| &stderr[starts[n - 1]..starts[n]])
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension() == Some(OsStr::new(extension))
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap().to_string_lossy().into_owned()
}
