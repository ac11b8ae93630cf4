//! Generates code from the whole catalogue: a handler for each event, and a lens for each object.

#[expect(dead_code, reason = "the generator of the sources reads more of the catalogue")]
#[path = "../../stripe-hooks/codegen/src/catalogue.rs"]
mod catalogue;
mod handlers;
mod lenses;

use std::{env, error::Error, fs, path::Path};

const CATALOGUE_PATH: &str = "../stripe-hooks/codegen/catalogue.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CATALOGUE_PATH}");
    let catalogue = catalogue::read_catalogue(Path::new(CATALOGUE_PATH))?;
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("handlers.rs"), handlers::write_handlers(&catalogue)?)?;
    fs::write(Path::new(&folder).join("lenses.rs"), lenses::write_lenses(&catalogue)?)?;
    Ok(())
}
