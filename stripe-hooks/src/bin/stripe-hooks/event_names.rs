//! Names of events as arguments: completed by shells, and refused with what may have been meant.

use std::ffi::OsStr;

use clap::{
    Arg, Command, Error,
    builder::{PossibleValue, StringValueParser, TypedValueParser, ValueParserFactory},
    error::ErrorKind,
};
use stripe_hooks::{EventInfo, EventStatus, catalogue, testing::sample};

#[derive(Debug, Clone, Copy)]
pub(crate) struct EventName(pub(crate) &'static EventInfo);

#[derive(Debug, Clone, Copy)]
pub(crate) struct EventNameParser;

impl ValueParserFactory for EventName {
    type Parser = EventNameParser;

    fn value_parser() -> Self::Parser {
        EventNameParser
    }
}

impl TypedValueParser for EventNameParser {
    type Value = EventName;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<EventName, Error> {
        let name = value.to_string_lossy();
        let found = sample::event(&name).map(|sample| EventName(sample.info()));
        found
            .map_err(|error| Error::raw(ErrorKind::InvalidValue, format_args!("{error}\n")).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(available_event_names()))
    }
}

/// Takes any word, and lets shells complete the names of events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnyWordParser;

impl TypedValueParser for AnyWordParser {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(available_event_names()))
    }
}

fn available_event_names() -> impl Iterator<Item = PossibleValue> {
    let available = catalogue::all().iter().filter(|event| event.status == EventStatus::Available);
    available.map(|event| PossibleValue::new(event.name))
}
