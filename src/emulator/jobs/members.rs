//! The members of a JSON object, each as it was written, so that what comes back is what was sent.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::emulator::error::ApiError;
use crate::emulator::params::unknown;

/// An object's members, each taken once.
pub struct Members<'a> {
    place: String,
    map: BTreeMap<String, &'a RawValue>,
}

impl<'a> Members<'a> {
    /// Reads a body, which is an object.
    ///
    /// # Errors
    /// Code `Invalid`.
    pub fn of_body(body: &'a [u8]) -> Result<Self, ApiError> {
        let not_an_object = || ApiError::invalid("Invalid JSON payload: expected an object.");
        let text = str::from_utf8(body).map_err(|_| not_an_object())?;
        let map = serde_json::from_str(text).map_err(|_| not_an_object())?;
        Ok(Members { place: String::new(), map })
    }

    /// The member of the first of these names that is there; null is the same as not there.
    pub fn take(&mut self, names: &[&str]) -> Option<&'a RawValue> {
        let found: Vec<&RawValue> = names.iter().filter_map(|name| self.map.remove(*name)).collect();
        found.into_iter().find(|value| value.get() != "null")
    }

    /// An object.
    ///
    /// # Errors
    /// Code `Invalid` where it is something else.
    pub fn object(&mut self, names: &[&str]) -> Result<Option<Members<'a>>, ApiError> {
        let place = self.at(names[0]);
        let map: Option<BTreeMap<String, &RawValue>> = self.value(names, "an object")?;
        Ok(map.map(|map| Members { place, map }))
    }

    /// A value of a type, which `expected` names.
    ///
    /// # Errors
    /// Code `Invalid` where it is something else.
    pub fn value<T: Deserialize<'a>>(
        &mut self,
        names: &[&str],
        expected: &str,
    ) -> Result<Option<T>, ApiError> {
        let Some(raw) = self.take(names) else { return Ok(None) };
        let place = self.at(names[0]);
        let invalid = |_| ApiError::invalid(format!("Invalid value at '{place}': expected {expected}."));
        serde_json::from_str(raw.get()).map(Some).map_err(invalid)
    }

    /// A text.
    ///
    /// # Errors
    /// Code `Invalid` where it is something else.
    pub fn string(&mut self, names: &[&str]) -> Result<Option<String>, ApiError> {
        self.value(names, "a string")
    }

    /// The path of a member, for messages.
    pub fn at(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) }
    }

    /// Refuses members that were not taken and are no spelling of `known` that the service would take.
    ///
    /// # Errors
    /// Code `Invalid`.
    pub fn refuse_all(&self, known: &[&str]) -> Result<(), ApiError> {
        match self.map.keys().next() {
            Some(key) => Err(unknown(key, known)),
            None => Ok(()),
        }
    }

    /// Refuses members in camelCase: a resource that is written in snake_case knows none.
    ///
    /// # Errors
    /// Code `Invalid`.
    pub fn refuse_camel_case(&self) -> Result<(), ApiError> {
        let Some(key) = self.map.keys().find(|key| key.bytes().any(|byte| byte.is_ascii_uppercase())) else {
            return Ok(());
        };
        let meant: String = key
            .chars()
            .flat_map(|c| {
                let parts = if c.is_ascii_uppercase() {
                    [Some('_'), Some(c.to_ascii_lowercase())]
                } else {
                    [None, Some(c)]
                };
                parts.into_iter().flatten()
            })
            .collect();
        Err(ApiError::invalid(format!("Unknown parameter '{key}'. Did you mean '{meant}'?")))
    }
}
