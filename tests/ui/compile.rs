//! Compiles all cases with one cargo command and collects the diagnostics of each case.
//!
//! Every case becomes a program of a generated workspace, in a target folder of its own that stays
//! between runs, so that only the first run builds the dependencies. The workspace has one package
//! for each name that a program can give the dependency. All packages have the same features; a
//! case that needs other features needs a second workspace, because one build of a workspace
//! unifies them.
//!
//! The build is incremental, as it is on a user's machine. With incremental compilation, rustc
//! reports equal errors separately; without it, rustc merges them. The command is a build and not a
//! check, because rustc evaluates the constants of generic code only when it generates code. Cargo
//! rebuilds a program that failed, so every run reports all errors again.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use serde::Deserialize;

use crate::{diagnostic::Diagnostic, source::CaseSource, terminal_text};

/// A package of the generated workspace.
struct Package {
    name: &'static str,
    /// The dependency as the manifest names it, up to its path.
    dependency: &'static str,
    /// The line that assigns a case to this package. A case without any such line belongs to the
    /// first package.
    line: Option<&'static str>,
}

const PACKAGES: &[Package] = &[
    Package { name: "cases", dependency: "stripe-hooks = { ", line: None },
    Package {
        name: "renamed",
        dependency: "stripe = { package = \"stripe-hooks\", ",
        line: Some("// Cargo.toml: stripe = { package = \"stripe-hooks\" }"),
    },
];

const FEATURES: &[&str] = &["billing", "inbox", "payments"];

/// The result of one case.
#[derive(Default)]
pub(crate) struct CompilerOutput {
    /// The text that a terminal shows, without the paths of this machine.
    pub(crate) text: String,
    /// The errors that an editor shows.
    pub(crate) errors: Vec<Diagnostic>,
    /// The number of errors in cargo's closing line.
    pub(crate) error_count: usize,
    /// The program, if the case compiled.
    pub(crate) program: Option<PathBuf>,
}

/// A line of cargo's output.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum CargoMessage {
    CompilerMessage {
        target: CargoTarget,
        message: Diagnostic,
    },
    CompilerArtifact {
        target: CargoTarget,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct CargoTarget {
    name: String,
}

/// Returns the output of this case. All tests share one run of cargo.
pub(crate) fn output_of(source: &CaseSource) -> &'static CompilerOutput {
    static OUTPUTS: LazyLock<BTreeMap<String, CompilerOutput>> = LazyLock::new(compile_all);
    &OUTPUTS[&source.program()]
}

fn compile_all() -> BTreeMap<String, CompilerOutput> {
    let sources: Vec<_> =
        CaseSource::read_folder("fail").into_iter().chain(CaseSource::read_folder("pass")).collect();
    let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    write_workspace(&workspace, &sources);
    let cargo = cargo_command(&workspace).output().unwrap();
    let says = String::from_utf8_lossy(&cargo.stderr);

    let mut diagnostics: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut outputs: BTreeMap<_, _> =
        sources.iter().map(|source| (source.program(), CompilerOutput::default())).collect();
    for line in String::from_utf8(cargo.stdout).unwrap().lines() {
        match serde_json::from_str(line).unwrap() {
            CargoMessage::CompilerMessage { target, message } if outputs.contains_key(&target.name) => {
                diagnostics.entry(target.name).or_default().push(message);
            }
            CargoMessage::CompilerMessage { message, .. } if message.level == "error" => {
                panic!("a dependency of the cases does not compile: {}", message.rendered.unwrap_or_default())
            }
            CargoMessage::CompilerArtifact { target, executable } => {
                if let Some(output) = outputs.get_mut(&target.name) {
                    output.program = executable;
                }
            }
            CargoMessage::CompilerMessage { .. } | CargoMessage::Other => {}
        }
    }
    for source in &sources {
        let output = outputs.get_mut(&source.program()).unwrap();
        let diagnostics = diagnostics.remove(&source.program()).unwrap_or_default();
        let end = format!("(bin \"{}\") due to ", source.program());
        let closing = says.lines().find(|line| line.contains(&end));
        assert!(
            output.program.is_some() != closing.is_some(),
            "cargo did not compile {} to an end:\n{says}",
            source.file.display()
        );
        output.error_count = closing.and_then(|line| line.split_once(&end)).map_or(0, |(_, rest)| {
            rest.split(' ').next().and_then(|number| number.parse().ok()).expect("a number of errors")
        });
        output.text = terminal_text::render_diagnostics(&diagnostics, closing, source);
        output.errors = diagnostics
            .into_iter()
            .filter(|message| message.level == "error" && !message.spans.is_empty())
            .collect();
    }
    outputs
}

/// Returns the command that builds all cases. It turns incremental compilation on, and removes the
/// variables that set compiler flags (`RUSTFLAGS`, `CARGO_ENCODED_RUSTFLAGS`,
/// `CARGO_BUILD_RUSTFLAGS`), the build target (`CARGO_BUILD_TARGET`), the build folder
/// (`CARGO_BUILD_BUILD_DIR`) and a wrapper of rustc (`RUSTC_WORKSPACE_WRAPPER`). All other
/// variables, and cargo's configuration files, still apply.
fn cargo_command(workspace: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(workspace)
        .args(["build", "--workspace", "--keep-going", "--offline", "--message-format=json"])
        .arg("--target-dir")
        .arg(workspace.join("target"))
        .env("CARGO_INCREMENTAL", "1");
    let changes_the_build = [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "CARGO_BUILD_BUILD_DIR",
        "RUSTC_WORKSPACE_WRAPPER",
    ];
    for variable in changes_the_build {
        cargo.env_remove(variable);
    }
    cargo
}

/// Writes the manifests, and the workspace's own lock file, so that cargo resolves the dependencies
/// to the versions that are here already.
fn write_workspace(workspace: &Path, sources: &[CaseSource]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let members: Vec<_> = PACKAGES.iter().map(|package| package.name).collect();
    let manifest =
        format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[profile.dev]\ndebug = 0\n");
    write_if_changed(&workspace.join("Cargo.toml"), &manifest);
    write_if_changed(&workspace.join("Cargo.lock"), &fs::read_to_string(root.join("Cargo.lock")).unwrap());
    for package in PACKAGES {
        let mut manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
             {}path = {:?}, default-features = false, features = {FEATURES:?} }}\n",
            package.name,
            package.dependency,
            root.join("stripe-hooks")
        );
        for source in sources.iter().filter(|source| package_of(source).name == package.name) {
            manifest.push_str(&format!(
                "\n[[bin]]\nname = {:?}\npath = {:?}\n",
                source.program(),
                source.file
            ));
        }
        write_if_changed(&workspace.join(package.name).join("Cargo.toml"), &manifest);
    }
}

/// Returns the package to which a case belongs.
fn package_of(source: &CaseSource) -> &'static Package {
    let assigned = |package: &&Package| {
        package.line.is_some_and(|line| source.text.lines().any(|written| written == line))
    };
    PACKAGES.iter().find(assigned).unwrap_or(&PACKAGES[0])
}

/// Writes a file only if its content changes, because cargo compares modification times.
fn write_if_changed(file: &Path, content: &str) {
    if fs::read_to_string(file).is_ok_and(|old| old == content) {
        return;
    }
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, content).unwrap();
}
