//! Checks the crates of this workspace.

use crate::{import_cycles::find_cycles, read_crate::read_crate, resolve::file_dependencies};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A cycle that remains, and the reason.
struct CycleException {
    /// The root of the crate, from the root of the workspace, as are the files.
    root: &'static str,
    files: &'static [&'static str],
    reason: &'static str,
}

/// The cycles that remain. The list may only shrink: a cycle that gains a file fails the test,
/// and so does an exception whose files are no longer exactly those of a cycle.
const CYCLE_EXCEPTIONS: &[CycleException] = &[CycleException {
    root: "stripe-hooks/src/lib.rs",
    files: &[
        "stripe-hooks/src/objects/billing.rs",
        "stripe-hooks/src/objects/checkout.rs",
        "stripe-hooks/src/objects/payments.rs",
        "stripe-hooks/src/objects/sources.rs",
    ],
    reason: "these files are generated, and Stripe's families of objects name each other's types",
}];

#[test]
fn no_files_of_a_crate_depend_on_each_other() {
    let workspace =
        fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).expect("the workspace");
    let mut problems = String::new();
    let mut used = BTreeSet::new();
    let mut files_read = BTreeSet::new();
    let crates = workspace_crates(&workspace);
    for CrateRoot { root, .. } in &crates {
        let text_of = |path: &Path| fs::read_to_string(workspace.join(path)).ok();
        let tree = read_crate(root, &text_of).expect("the files of a crate");
        for module in &tree.modules {
            files_read.extend(included_files(&module.file, &text_of(&module.file).unwrap_or_default()));
            files_read.insert(module.file.clone());
        }
        let dependencies = file_dependencies(&tree);
        for cycle in find_cycles(&dependencies) {
            let excepted = CYCLE_EXCEPTIONS.iter().position(|exception| {
                Path::new(exception.root) == root
                    && exception.files.iter().map(PathBuf::from).collect::<BTreeSet<_>>() == cycle.files
            });
            match excepted {
                Some(index) => _ = used.insert(index),
                None => {
                    let count = cycle.files.len();
                    problems += &format!("{}: {count} files depend on each other:\n{cycle}", root.display());
                }
            }
        }
    }
    for (index, CycleException { root, files, reason }) in CYCLE_EXCEPTIONS.iter().enumerate() {
        if !used.contains(&index) {
            problems += &format!(
                "{root}: {files:?} are an exception ({reason}), and no cycle has just these files\n"
            );
        }
    }
    // A file that no root leads to is dead, or the reader has missed it.
    let folders: BTreeSet<_> = crates.iter().filter_map(|one| one.sources.as_deref()).collect();
    for file in folders.into_iter().flat_map(|folder| rust_files(&workspace, folder)) {
        if !files_read.contains(&file) {
            problems += &format!("{} is in no crate\n", file.display());
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// A target of a package of the workspace.
struct CrateRoot {
    root: PathBuf,
    /// The folder `src` of the package, if there is one.
    sources: Option<PathBuf>,
}

/// Returns every library, program, test, bench, example and build script of the workspace.
fn workspace_crates(workspace: &Path) -> Vec<CrateRoot> {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(cargo).args(arguments).current_dir(workspace).output().expect("cargo metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the metadata");
    let relative = |path: &Path| path.strip_prefix(workspace).expect("a path of the workspace").to_owned();
    let mut crates = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let manifest = Path::new(package["manifest_path"].as_str().expect("a manifest"));
        let sources = manifest.with_file_name("src");
        for target in package["targets"].as_array().expect("targets") {
            crates.push(CrateRoot {
                root: relative(Path::new(target["src_path"].as_str().expect("a root"))),
                sources: sources.is_dir().then(|| relative(&sources)),
            });
        }
    }
    crates
}

/// Returns the files that `include!` makes a part of this one.
fn included_files(file: &Path, text: &str) -> Vec<PathBuf> {
    let names = text.split("include!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(|name| file.with_file_name(name)).collect()
}

fn rust_files(workspace: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(workspace.join(folder)).expect("a folder of the workspace") {
        let entry = entry.expect("an entry");
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            files.extend(rust_files(workspace, &path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
