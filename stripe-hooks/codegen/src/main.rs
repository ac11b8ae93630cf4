//! Writes the generated sources of stripe-hooks from `catalogue.json`; with `--check`, only says which of them differ.
//!
//! The work walks one way: [`read`] gives the catalogue its types, [`names`] turns its words into Rust's, [`describe`] and
//! [`pages`] write the documentation, the `write_*` rooms print, and this file formats and compares.

mod describe;
mod names;
mod pages;
mod read;
mod write_events;
mod write_objects;
mod write_samples;
mod write_schema;

use std::{
    error::Error,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

/// One generated file: where it goes, seen from the root of the workspace, and what it says.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let check = match arguments.as_slice() {
        [] => false,
        [argument] if argument == "--check" => true,
        _ => {
            eprintln!("error: the only argument is `--check`, which writes nothing and says what differs");
            return ExitCode::FAILURE;
        }
    };
    match run(check) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) if !check => ExitCode::SUCCESS,
        Ok(_) => {
            eprintln!("help: `cargo run -p stripe-hooks-codegen` writes the generated files anew");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes what differs (or only names it), and says how many files that were.
fn run(check: bool) -> Result<usize, Box<dyn Error>> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root =
        home.ancestors().nth(2).ok_or("the generator lives two folders below the root of the workspace")?;
    let catalogue = read::catalogue(&home.join("catalogue.json"))?;

    if let Some(kinds) = names::targets(&catalogue).get(names::NAMELESS) {
        return Err(format!("references to {} want a name in names.rs", kinds.join(", ")).into());
    }

    let mut sources = vec![write_events::markers(&catalogue), write_events::rows(&catalogue)];
    sources.extend(write_objects::sources(&catalogue));
    sources.push(write_schema::table(&catalogue));
    sources.extend(write_samples::sources(&catalogue));

    let mut differing = 0;
    for source in sources {
        let path = root.join(&source.path);
        let text = formatted(&root.join("rustfmt.toml"), &source)?;
        if fs::read_to_string(&path).is_ok_and(|present| present == text) {
            continue;
        }
        differing += 1;
        if check {
            println!("differs: {}", source.path);
        } else {
            fs::write(&path, text)?;
            println!("wrote {}", source.path);
        }
    }
    Ok(differing)
}

/// Hands the text to rustfmt, so that `cargo fmt --check` finds nothing to say about it.
fn formatted(settings: &Path, source: &Source) -> Result<String, Box<dyn Error>> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--config-path"])
        .arg(settings)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = rustfmt.stdin.take().ok_or("rustfmt has no standard input")?;
    let text = source.text.clone();
    let feeding = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = rustfmt.wait_with_output()?;
    feeding.join().map_err(|_| "feeding rustfmt failed")??;
    if !output.status.success() {
        return Err(format!("rustfmt does not understand what was generated for {}", source.path).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
