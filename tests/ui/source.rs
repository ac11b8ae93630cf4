//! The files of the cases.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

/// The file of a case.
pub(crate) struct Source {
    /// The folder of the file: for a failing case, the topic.
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    pub(crate) text: String,
}

impl Source {
    /// Returns all cases of this folder, by group and name.
    pub(crate) fn all(folder: &str) -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = entries(&folder).into_iter().flat_map(|entry| match entry.is_dir() {
            true => entries(&entry),
            false => vec![entry],
        });
        files.filter(|file| has_extension(file, "rs")).map(Self::read).collect()
    }

    fn read(file: PathBuf) -> Self {
        Self {
            group: name(file.parent().unwrap()),
            name: name(&file),
            text: fs::read_to_string(&file).unwrap(),
            file,
        }
    }

    /// Returns the name of the program that the case becomes.
    pub(crate) fn program(&self) -> String {
        format!("{}-{}", self.group, self.name)
    }

    /// Returns the file that holds the compiler's text for the case.
    pub(crate) fn expectation(&self) -> PathBuf {
        self.file.with_extension("stderr")
    }
}

/// Returns the sorted contents of a folder.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
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
