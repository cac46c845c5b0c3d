//! Reading the records that `gwh` writes, and only the regular ones among them, at a fraction of the cost.
//!
//! A stream of records is verified at the speed of its HMACs only where reading a record costs little
//! beside one. Whatever is passed up here is for [`read`](super::read()) to judge.

use base64_simd::STANDARD;
use memchr::{memchr, memchr2, memmem};

use crate::json::first_quote_or_backslash;
use crate::signature::{ID, SIGNATURE, SignedDelivery, TIMESTAMP};

/// The keys up to the body with what surrounds them, as `gwh` writes them: one that comes in its place
/// is compared instead of searched for its end.
const ORDER: [&[u8]; 9] = [
    b"\"type\":",
    b"\"webhook_id\":",
    b"\"event_type\":",
    b"\"received_at\":",
    b"\"method\":",
    b"\"path\":",
    b"\"attempt\":",
    b"\"headers\":",
    b"\"body_b64\":",
];

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
    /// The delivery in a line, with its body decoded into `body`; `None` for whatever [`read`](super::read()) must judge.
    ///
    /// The members after the body are not read. They are only searched for a second `headers` or
    /// `body…`, also one that hides behind an escape: a line in which there might be one is left to
    /// [`read`](super::read()), which refuses it.
    pub fn read<'a>(&self, line: &'a [u8], body: &'a mut Vec<u8>) -> Option<SignedDelivery<'a>> {
        let mut cutter = Cutter { text: line.trim_ascii(), at: 0 };
        cutter.expect(b'{')?;
        let mut found = None;
        let mut order = ORDER.iter();
        let encoded = loop {
            match cutter.key(&mut order)? {
                b"headers" if found.is_none() => found = Some(cutter.webhook_headers()?),
                b"headers" | b"body" => return None,
                b"body_b64" => break cutter.long()?,
                _ => cutter.skip_scalar()?,
            }
            cutter.expect(b',')?;
        };
        let [id, timestamp, signature] = found?;
        let rest = &cutter.text[cutter.at..];
        let is_closed = rest == b"}" || (rest.starts_with(b",") && rest.ends_with(b"}"));
        if !is_closed || self.may_repeat(rest) {
            return None;
        }
        body.clear();
        STANDARD.decode_append(encoded, body).ok()?;
        Some(SignedDelivery { id, timestamp, signature, body })
    }

    fn may_repeat(&self, rest: &[u8]) -> bool {
        let has_unicode_escape = || memmem::find(rest, b"\\u").is_some();
        (memchr(b'\\', rest).is_some() && has_unicode_escape())
            || self.headers.find(rest).is_some()
            || self.body.find(rest).is_some()
    }
}

/// Cuts slices from JSON text that keeps to the plain forms.
struct Cutter<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cutter<'a> {
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.text.get(self.at)?, b' ' | b'\t') {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// A key and its colon, where `order` begins with the key that is expected.
    fn key(&mut self, order: &mut std::slice::Iter<'_, &'static [u8]>) -> Option<&'a [u8]> {
        if let Some(expected) = order.next()
            && self.text[self.at..].starts_with(expected)
        {
            let start = self.at + 1;
            self.at += expected.len();
            return Some(&self.text[start..self.at - 2]);
        }
        let key = self.plain()?;
        self.expect(b':')?;
        Some(key)
    }

    /// A string without escapes: the bytes between its quotes.
    fn plain(&mut self) -> Option<&'a [u8]> {
        self.string(first_quote_or_backslash)
    }

    /// As [`Cutter::plain`], for one that is expected to be long.
    fn long(&mut self) -> Option<&'a [u8]> {
        self.string(|text| memchr2(b'"', b'\\', text))
    }

    fn string(&mut self, find: impl Fn(&[u8]) -> Option<usize>) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let start = self.at;
        let end = start + find(&self.text[start..])?;
        self.at = end + 1;
        (self.text[end] == b'"').then(|| &self.text[start..end])
    }

    /// A string without escapes, a number, `true`, `false` or `null`.
    fn skip_scalar(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.plain().map(drop),
            b'{' | b'[' => None,
            _ => {
                let length = self.text[self.at..].iter().position(|byte| matches!(byte, b',' | b'}'))?;
                self.at += length;
                Some(())
            }
        }
    }

    /// The values of the three headers in a list of pairs, where each stands once and is plain ASCII.
    fn webhook_headers(&mut self) -> Option<[&'a [u8]; 3]> {
        let mut found: [Option<&[u8]>; 3] = [None; 3];
        self.expect(b'[')?;
        loop {
            self.expect(b'[')?;
            let name = self.plain()?;
            self.expect(b',')?;
            let value = self.plain()?;
            self.expect(b']')?;
            if let Some(slot) = webhook_header(name) {
                // Without a way out in the middle the compiler compares many bytes at once.
                let is_plain =
                    value.iter().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~'));
                let value = value.trim_ascii();
                if !is_plain || value.is_empty() || found[slot].replace(value).is_some() {
                    return None;
                }
            }
            if self.peek()? == b']' {
                self.at += 1;
                return Some([found[0]?, found[1]?, found[2]?]);
            }
            self.expect(b',')?;
        }
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
    use proptest::prelude::*;

    use super::*;
    use crate::capture::{DeliveryRecord, RecordError, header_text, read};
    use crate::signature::extract;

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
    fn a_second_headers_or_body_is_refused_however_it_is_written() {
        for second in
            [r#""body_b64":"AAAA""#, r#""body\u005fb64":"AAAA""#, r#""headers":[]"#, r#""he\u0061ders":1"#]
        {
            let line = LINE.replace(r#""verdict":null"#, second);
            assert!(matches!(read(line.as_bytes()), Err(RecordError::Repeated(_))), "{line}");
            assert_eq!(quickly(&line), None, "{line}");
        }
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
