//! Generates code from the whole catalogue: a handler for each event, and a lens for each object.

mod catalogue;
mod handlers;
mod lenses;

use std::{env, error::Error, fs, path::Path};

use self::catalogue::Catalogue;

const CATALOGUE: &str = "../stripe-hooks/codegen/catalogue.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    let catalogue: Catalogue = serde_json::from_str(&fs::read_to_string(CATALOGUE)?)?;
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("handlers.rs"), handlers::write(&catalogue)?)?;
    fs::write(Path::new(&folder).join("lenses.rs"), lenses::write(&catalogue)?)?;
    Ok(())
}
