//! Base64 with and without mistakes, for the tests of whatever decodes it.

use std::ops::Range;

use base64::Engine;
use base64::engine::GeneralPurpose;
use proptest::prelude::*;
use proptest::sample::Index;

/// The base64 of so many bytes: as it is, cut off anywhere or near its end, or with a character or two put in
/// or in the place of others.
pub(crate) fn spoilt_base64(form: GeneralPurpose, lengths: Range<usize>) -> impl Strategy<Value = String> {
    let bytes = proptest::collection::vec(any::<u8>(), lengths);
    let noise = "[A-Za-z0-9+/=_ -]{0,2}";
    (bytes, noise, any::<Index>(), 0..4).prop_map(move |(bytes, noise, index, way)| {
        let mut text = form.encode(bytes);
        let at = index.index(text.len() + 1);
        match way {
            0 => text.insert_str(at, &noise),
            1 => text.replace_range(at..text.len().min(at + noise.len()), &noise),
            2 => text.replace_range(at.., &noise),
            _ => text.truncate(text.len().saturating_sub(at % 4)),
        }
        text
    })
}
