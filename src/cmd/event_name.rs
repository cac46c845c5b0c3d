//! Names of event types as arguments: any is taken, and the known ones are offered to completion.

use std::ffi::OsStr;

use clap::builder::{NonEmptyStringValueParser, PossibleValue, TypedValueParser};

use crate::event::catalog::CATALOG;

/// Takes any name, and offers the known ones to completion.
#[derive(Debug, Clone)]
pub struct EventName;

impl TypedValueParser for EventName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        NonEmptyStringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(CATALOG.iter().map(|event| PossibleValue::new(event.name).help(event.about))))
    }
}
