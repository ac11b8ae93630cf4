//! Generates the handlers of `every-event`: one for each event that is generally available. Each
//! handler takes the type that its event carries.

use std::{error::Error, fmt::Write};

use crate::catalogue::{Catalogue, ReleaseStatus};

pub(crate) fn write_handlers(catalogue: &Catalogue) -> Result<String, Box<dyn Error>> {
    let mut source = String::new();
    for event in catalogue.snapshot_events.iter().filter(|event| event.status == ReleaseStatus::Ga) {
        let carried = match (&event.union, event.object.as_slice()) {
            (Some(union), _) => catalogue.unions.get(union).map(|union| &union.rust_name),
            (None, [object]) => catalogue.objects.get(object).map(|object| &object.rust_name),
            (None, _) => None,
        };
        let carried = carried.ok_or_else(|| format!("{}: what does it carry?", event.name))?;
        write_handler(
            &mut source,
            &event.name,
            &format!("_: objects::{carried}, id: EventId"),
            "id.as_str()",
        )?;
    }
    for event in catalogue.thin_events.iter().filter(|event| event.status == ReleaseStatus::Ga) {
        write_handler(&mut source, &event.name, "event: ThinEvent", "event.id.as_str()")?;
    }
    Ok(source)
}

fn write_handler(source: &mut String, event: &str, arguments: &str, id: &str) -> std::fmt::Result {
    let words: Vec<_> =
        event.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let function = words.join("_");
    writeln!(
        source,
        "#[on_event({event:?})]\nfn {function}({arguments}) {{\n    note_handled({event:?}, {id});\n}}\n"
    )
}
