//! Reading the records that `gwh` writes, and only the regular ones among them, at a fraction of the cost: without
//! white space, or with a space behind each comma and colon, as Python's `json.dumps` writes them again.
//!
//! A stream of records is verified at the speed of its HMACs only where reading a record costs little
//! beside one. Whatever is passed up here is for [`read`](super::read()) to judge.

use base64_turbo::STANDARD;
use memchr::{memchr, memchr2, memmem};

use super::MAX_HEADERS;
use crate::json::first_quote_or_backslash;
use crate::signature::{ID, SIGNATURE, SignedDelivery, TIMESTAMP};

/// Reads the records that `gwh` writes without building anything but the body.
pub struct Quick {
    headers: memmem::Finder<'static>,
    body: memmem::Finder<'static>,
}

impl Default for Quick {
    fn default() -> Self {
        Quick { headers: memmem::Finder::new(b"\"headers\""), body: memmem::Finder::new(b"\"body") }
    }
}

impl Quick {
    /// The delivery in a line, with its body decoded to the beginning of `room`; `None` for whatever
    /// [`read`](super::read()) must judge.
    ///
    /// The members around those two are not read. They are only searched for a second `headers` or
    /// `body…`, also one that hides behind an escape: a line in which there might be one is left to
    /// [`read`](super::read()), which refuses it.
    pub fn read<'a>(&self, line: &'a [u8], room: &'a mut Vec<u8>) -> Option<SignedDelivery<'a>> {
        let members = line.trim_ascii().strip_prefix(b"{")?;
        // The headers are the first value in brackets.
        let (before, headers) = members.split_at(memchr2(b'[', b'{', members)?);
        let before = before.trim_ascii_end().strip_suffix(b"\"headers\":")?;
        let mut cutter = Cutter(headers);
        let [id, timestamp, signature] = cutter.webhook_headers()?;
        cutter.skip_either(b",\"body_b64\":\"", b", \"body_b64\": \"")?;
        // An escape is no base64, so that nothing but the end is searched for.
        let encoded = cutter.string(|text| memchr(b'"', text))?;
        let after = cutter.0;
        let is_closed = after == b"}" || (after.starts_with(b",") && after.ends_with(b"}"));
        if !is_closed || self.may_repeat(before) || self.may_repeat(after) {
            return None;
        }
        // Room that is there already is not cleared again for each line.
        let needed = STANDARD.decoded_len_estimate(encoded.len());
        if room.len() < needed {
            room.resize(needed, 0);
        }
        let length = STANDARD.decode_slice(encoded, room).ok()?;
        Some(SignedDelivery { id, timestamp, signature, body: &room[..length] })
    }

    fn may_repeat(&self, rest: &[u8]) -> bool {
        let has_unicode_escape = || memmem::find(rest, b"\\u").is_some();
        (memchr(b'\\', rest).is_some() && has_unicode_escape())
            || self.headers.find(rest).is_some()
            || self.body.find(rest).is_some()
    }
}

/// Cuts slices from the rest of a JSON text.
struct Cutter<'a>(&'a [u8]);

impl<'a> Cutter<'a> {
    fn skip(&mut self, expected: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    fn skip_either(&mut self, compact: &[u8], spaced: &[u8]) -> Option<()> {
        self.skip(compact).or_else(|| self.skip(spaced))
    }

    /// The rest of a string without escapes, up to its closing quote.
    fn string(&mut self, find: impl Fn(&[u8]) -> Option<usize>) -> Option<&'a [u8]> {
        let (text, rest) = self.0.split_at(find(self.0)?);
        self.0 = rest.strip_prefix(b"\"")?;
        Some(text)
    }

    /// The values of the three headers in a list of pairs, where each stands once and is plain ASCII.
    fn webhook_headers(&mut self) -> Option<[&'a [u8]; 3]> {
        let mut found: [Option<&[u8]>; 3] = [None; 3];
        self.skip(b"[[\"")?;
        for _ in 0..MAX_HEADERS {
            let name = self.string(first_quote_or_backslash)?;
            self.skip_either(b",\"", b", \"")?;
            let value = self.string(first_quote_or_backslash)?;
            self.skip(b"]")?;
            if let Some(slot) = webhook_header(name) {
                // Without a way out in the middle the compiler compares many bytes at once.
                let is_plain =
                    value.iter().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~'));
                let value = value.trim_ascii();
                if !is_plain || value.is_empty() || found[slot].replace(value).is_some() {
                    return None;
                }
            }
            if self.skip(b"]").is_some() {
                return Some([found[0]?, found[1]?, found[2]?]);
            }
            self.skip_either(b",[\"", b", [\"")?;
        }
        None
    }
}

/// Which of the three headers that count `name` is.
fn webhook_header(name: &[u8]) -> Option<usize> {
    const NAMES: [&str; 3] = [ID, TIMESTAMP, SIGNATURE];
    // In records they are in lower case nearly always, which is quicker to compare.
    let exactly = NAMES.iter().position(|known| name == known.as_bytes());
    exactly.or_else(|| NAMES.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes())))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose;
    use proptest::prelude::*;

    use super::*;
    use crate::capture::{DeliveryRecord, RecordError, header_text, read};
    use crate::signature::extract;
    use crate::signature::spoilt::spoilt_base64;

    const LINE: &str = r#"{"type":"delivery","headers":[["host","x"],["Webhook-Id","msg_1"],["webhook-timestamp","12"],["webhook-signature","v1,x"]],"body_b64":"e30=","event":{},"verdict":null}"#;

    fn quickly(line: &str) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut body = Vec::new();
        Quick::default()
            .read(line.as_bytes(), &mut body)
            .map(|found| (found.id.to_vec(), found.body.to_vec()))
    }

    #[test]
    fn both_ways_read_what_gwh_writes() {
        let record = read(LINE.as_bytes()).expect("a record");
        assert_eq!((record.headers.len(), record.body.as_slice()), (4, &b"{}"[..]));
        assert_eq!(quickly(LINE), Some((b"msg_1".to_vec(), b"{}".to_vec())));
    }

    #[test]
    fn records_that_python_writes_again_are_read_quickly() {
        let spaced = LINE.replace("\":", "\": ").replace(",\"", ", \"").replace("],[", "], [");
        assert!(
            spaced
                .starts_with(r#"{"type": "delivery", "headers": [["host", "x"], ["Webhook-Id", "msg_1"], "#)
        );
        assert_eq!(quickly(&spaced), quickly(LINE));
        assert!(quickly(LINE).is_some());
    }

    #[test]
    fn a_second_headers_or_body_is_refused_however_it_is_written() {
        for second in
            [r#""body_b64":"AAAA""#, r#""body\u005fb64":"AAAA""#, r#""headers":[]"#, r#""he\u0061ders":1"#]
        {
            for first in [r#""verdict":null"#, r#""type":"delivery""#] {
                let line = LINE.replace(first, second);
                assert!(matches!(read(line.as_bytes()), Err(RecordError::Repeated(_))), "{line}");
                assert_eq!(quickly(&line), None, "{line}");
            }
        }
    }

    #[test]
    fn headers_within_another_member_are_not_those_of_the_record() {
        let (before, after) = LINE.split_once(r#""headers":"#).expect("has headers");
        for outer in [r#""x":{"headers":"#, r#""x":["headers":"#, r#""x":{"y":1,"headers":"#] {
            assert_eq!(quickly(&format!("{before}{outer}{after}}}")), None, "{outer}");
        }
    }

    #[test]
    fn both_ways_refuse_more_headers_than_a_request_has() {
        let with = |more: usize| LINE.replace("[\"host\",\"x\"],", &"[\"host\",\"x\"],".repeat(more));
        let (most, more) = (with(MAX_HEADERS - 3), with(MAX_HEADERS - 2));
        assert!(read(most.as_bytes()).is_ok() && quickly(&most).is_some());
        assert!(matches!(read(more.as_bytes()), Err(RecordError::TooManyHeaders)));
        assert_eq!(quickly(&more), None);
    }

    #[test]
    fn a_line_that_is_cut_off_is_not_read_quickly() {
        for end in 0..LINE.len() {
            let cut = &LINE[..end];
            // A cut that leaves a bracket at the end has lost nothing that was signed.
            assert!(quickly(cut).is_none() || cut.ends_with('}'), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_quickly_is_what_is_read(
            body in proptest::collection::vec(any::<u8>(), 0..40),
            id in "[ -~\u{0}-\u{1f}é]{0,8}",
            name in "(webhook-id|Webhook-Timestamp|webhook-signature|x|\"|headers)",
        ) {
            let headers = [("webhook-id", id.as_bytes()), ("webhook-timestamp", b"1"), ("webhook-signature", b"v1,x"), (&name, b"z")]
                .map(|(name, value)| (name.to_owned(), header_text(value)));
            let line = serde_json::to_string(&DeliveryRecord::new(headers.into(), &body)).expect("serialises");
            let record = read(line.as_bytes()).expect("a record");
            prop_assert_eq!(&record.body, &body);
            let mut scratch = Vec::new();
            if let Some(quick) = Quick::default().read(line.as_bytes(), &mut scratch) {
                let pairs = record.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
                let slow = extract(pairs, &record.body).expect("complete");
                prop_assert_eq!((quick.id, quick.timestamp, quick.signature, quick.body),
                    (slow.id, slow.timestamp, slow.signature, slow.body));
            }
        }

        #[test]
        fn a_body_is_decoded_as_strictly_as_it_is_read(
            encoded in spoilt_base64(general_purpose::STANDARD, 0..300),
        ) {
            let line = LINE.replace("e30=", &encoded);
            let slow = read(line.as_bytes()).ok().map(|record| record.body);
            prop_assert_eq!(quickly(&line).map(|(_, body)| body), slow);
        }

        #[test]
        fn whatever_is_read_quickly_out_of_noise_reads_the_same(at in 0usize..160, noise in "[\\[\\]{}\",:\\\\ae=]{0,4}") {
            let mut line = LINE.to_owned();
            line.insert_str(at.min(LINE.len()), &noise);
            let mut scratch = Vec::new();
            if let (Some(quick), Ok(record)) = (Quick::default().read(line.as_bytes(), &mut scratch), read(line.as_bytes())) {
                let pairs = record.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
                let slow = extract(pairs, &record.body).expect("complete");
                prop_assert_eq!((quick.id, quick.body), (slow.id, slow.body));
            }
        }
    }
}
