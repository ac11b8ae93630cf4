//! Writes the generated sources of stripe-hooks from `catalogue.json`. With `--check` it only names
//! the files that differ.
//!
//! The modules form one chain: [`catalogue`] gives the catalogue its types, [`rust_names`] derives Rust's
//! names from Stripe's, [`doc_texts`] and [`stripe_urls`] write the documentation, the `write_*` modules
//! print the files, [`generated_file`] formats one, and this file compares and writes them.

mod catalogue;
mod doc_texts;
mod generated_file;
#[expect(dead_code, reason = "the runtime names kinds that the documentation describes in other words")]
#[path = "../../src/schema/kind_texts.rs"]
mod kind_texts;
mod rust_names;
mod stripe_urls;
mod write_events;
mod write_objects;
mod write_samples;
mod write_schema;

use std::{error::Error, fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let check = match arguments.as_slice() {
        [] => false,
        [argument] if argument == "--check" => true,
        _ => {
            eprintln!(
                "error: the only argument is `--check`, which writes nothing and names the files that differ"
            );
            return ExitCode::FAILURE;
        }
    };
    match write_sources(check) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) if !check => ExitCode::SUCCESS,
        Ok(_) => {
            eprintln!("help: `cargo run -p stripe-hooks-codegen` writes the generated files");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the files that differ, or only names them. Returns their number.
fn write_sources(check: bool) -> Result<usize, Box<dyn Error>> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root =
        home.ancestors().nth(2).ok_or("the generator lives two folders below the root of the workspace")?;
    let catalogue = catalogue::read_catalogue(&home.join("catalogue.json"))?;

    if let Some(kinds) = rust_names::id_targets(&catalogue).get(rust_names::UNNAMED_GROUP) {
        return Err(format!("references to {} need a name in rust_names.rs", kinds.join(", ")).into());
    }

    let mut sources =
        vec![write_events::markers_file(&catalogue), write_events::macro_catalogue_file(&catalogue)];
    sources.extend(write_objects::object_files(&catalogue));
    sources.push(write_schema::schema_table_file(&catalogue));
    sources.extend(write_samples::sample_files(&catalogue));

    let mut differing = 0;
    for source in sources {
        let path = root.join(&source.path);
        let text = source.format_text(&root.join("rustfmt.toml"))?;
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
