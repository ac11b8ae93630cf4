//! The files of the cases.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

/// The file of a case.
pub(crate) struct CaseSource {
    /// The folder of the file: for a failing case, the topic.
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    pub(crate) text: String,
}

impl CaseSource {
    /// Returns all cases of this folder, by group and name.
    pub(crate) fn read_folder(folder: &str) -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = folder_entries(&folder).into_iter().flat_map(|entry| match entry.is_dir() {
            true => folder_entries(&entry),
            false => vec![entry],
        });
        files.filter(|file| has_extension(file, "rs")).map(Self::from_file).collect()
    }

    fn from_file(file: PathBuf) -> Self {
        Self {
            group: file_stem(file.parent().unwrap()),
            name: file_stem(&file),
            text: fs::read_to_string(&file).unwrap(),
            file,
        }
    }

    /// Returns the name of the program that the case becomes.
    pub(crate) fn program(&self) -> String {
        format!("{}-{}", self.group, self.name)
    }

    /// Returns the file that holds the compiler's text for the case.
    pub(crate) fn expected_file(&self) -> PathBuf {
        self.file.with_extension("stderr")
    }
}

/// Returns the sorted contents of a folder.
pub(crate) fn folder_entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension() == Some(OsStr::new(extension))
}

fn file_stem(file: &Path) -> String {
    file.file_stem().unwrap().to_string_lossy().into_owned()
}
