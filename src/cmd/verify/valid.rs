//! The objects of valid verdicts, written at the rate of a stream.
//!
//! Of two deliveries that the same key proved, the objects differ in the line, the id, the event type
//! and the age. Everything else is written once for each key, by way of the record itself, so that the
//! shape has one definition.

use std::sync::Arc;

use serde::Serialize;

use super::report::VerdictObject;
use crate::error::Failure;
use crate::signature::diagnose::Diagnosis;
use crate::signature::{Proof, Verdict, VerdictRecord};

/// What stands for the age in a record without one.
const NO_AGE: &str = r#""age_seconds":null"#;

/// Prepared objects.
#[derive(Default)]
pub(super) struct ValidObjects(Vec<Prepared>);

/// The object of one key, around the age.
struct Prepared {
    proof: Proof,
    timestamp_checked: bool,
    /// From the comma behind the event type on.
    before_age: String,
    /// To the end of the line.
    after_age: String,
}

impl Prepared {
    fn new(proof: &Proof, verdict: &Verdict) -> Result<Self, Failure> {
        let record =
            VerdictRecord { age_seconds: None, ..VerdictRecord::new(verdict, &Diagnosis::default()) };
        let text = serde_json::to_string(&record)
            .map_err(|error| Failure::bug("cannot write JSON").because(error))?;
        let (before, after) = text
            .trim_start_matches('{')
            .split_once(NO_AGE)
            .ok_or_else(|| Failure::bug("a verdict without an age_seconds"))?;
        Ok(Prepared {
            proof: proof.clone(),
            timestamp_checked: verdict.timestamp_checked,
            before_age: format!(r#",{before}"age_seconds":"#),
            after_age: format!("{after}\n"),
        })
    }

    fn is_of(&self, proof: &Proof, verdict: &Verdict) -> bool {
        Arc::ptr_eq(&self.proof.key, &proof.key)
            && Arc::ptr_eq(&self.proof.key_name, &proof.key_name)
            && self.proof.stale == proof.stale
            && (self.proof.scheme, self.proof.binding) == (proof.scheme, proof.binding)
            && self.timestamp_checked == verdict.timestamp_checked
    }
}

impl ValidObjects {
    /// Appends the object of a valid `verdict` as a line, exactly as [`VerdictObject`] writes it.
    pub(super) fn write(
        &mut self,
        line: u64,
        webhook_id: &[u8],
        event_type: Option<&str>,
        verdict: &Verdict,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let (Some(proof), Some(age)) = (verdict.proof(), verdict.age_seconds) else {
            let record = VerdictRecord::new(verdict, &Diagnosis::default());
            let webhook_id = String::from_utf8_lossy(webhook_id);
            return VerdictObject::new(Some(line), Some(&webhook_id), event_type, &record).write(out);
        };
        let prepared = match self.0.iter().position(|prepared| prepared.is_of(proof, verdict)) {
            Some(at) => &self.0[at],
            None => {
                self.0.push(Prepared::new(proof, verdict)?);
                &self.0[self.0.len() - 1]
            }
        };
        out.extend_from_slice(br#"{"type":"verdict","line":"#);
        value(&line, out)?;
        out.extend_from_slice(br#","webhook_id":"#);
        text(webhook_id, out)?;
        out.extend_from_slice(br#","event_type":"#);
        match event_type {
            Some(event_type) => text(event_type.as_bytes(), out)?,
            None => value(&event_type, out)?,
        }
        out.extend_from_slice(prepared.before_age.as_bytes());
        value(&age, out)?;
        out.extend_from_slice(prepared.after_age.as_bytes());
        Ok(())
    }
}

/// Appends a string. Most are plain ASCII without an escape, which is found out for many bytes at once.
fn text(text: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') & (*byte != b'"') & (*byte != b'\\');
    if !text.iter().fold(true, |all, byte| all & is_plain(byte)) {
        return value(&String::from_utf8_lossy(text), out);
    }
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
    Ok(())
}

fn value(value: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Failure> {
    serde_json::to_writer(out, value).map_err(|error| Failure::bug("cannot write JSON").because(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{Binding, Outcome, Scheme};

    #[test]
    fn prepared_objects_are_those_of_the_record() {
        let proof = |key: &str, scheme, binding| Proof {
            scheme,
            key: key.into(),
            key_name: "\"age_seconds\":null".into(),
            binding,
            stale: None,
        };
        let mut objects = ValidObjects::default();
        for proof in [
            proof("a\"", Scheme::V1, Binding::Signature),
            proof("b", Scheme::Jwt, Binding::None),
            proof("b", Scheme::Jwt, Binding::Digest),
        ] {
            for (age, timestamp_checked) in [(0, true), (-7, true), (12, false)] {
                let verdict = Verdict {
                    outcome: Outcome::Valid(proof.clone()),
                    age_seconds: Some(age),
                    timestamp_checked,
                };
                let (mut quick, mut slow) = (Vec::new(), Vec::new());
                objects.write(3, b"msg_\x01", Some("x\"y"), &verdict, &mut quick).expect("writes");
                let record = VerdictRecord::new(&verdict, &Diagnosis::default());
                let object = VerdictObject::new(Some(3), Some("msg_\u{1}"), Some("x\"y"), &record);
                object.write(&mut slow).expect("writes");
                assert_eq!(String::from_utf8_lossy(&quick), String::from_utf8_lossy(&slow));
            }
        }
    }
}
