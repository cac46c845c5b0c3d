//! Parts of a file, so that a download that broke off goes on where it did.

use std::ops::Range;

use crate::emulator::error::{ApiError, Code};

/// The part of `length` bytes that a `Range` header asks for: none for all of it, as for several parts at
/// once and for other units, which a server may pass over.
///
/// # Errors
/// Code `Range` where nothing lies there.
pub fn part(header: Option<&str>, length: usize) -> Result<Option<Range<usize>>, ApiError> {
    let Some(range) = header.and_then(|header| parse(header, length)) else { return Ok(None) };
    if range.is_empty() {
        return Err(ApiError::new(Code::Range, format!("The file has {length} bytes.")));
    }
    Ok(Some(range))
}

fn parse(header: &str, length: usize) -> Option<Range<usize>> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    match (first.trim(), last.trim()) {
        ("", last) => {
            let count: usize = last.parse().ok()?;
            Some(length.saturating_sub(count)..length)
        }
        (first, "") => Some(first.parse().ok()?..length),
        (first, last) => {
            let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then(|| first..last.saturating_add(1).min(length))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_and_what_makes_no_sense_is_the_whole() {
        let of = |header| part(Some(header), 10).map_err(|error| error.code);
        assert_eq!(of("bytes=2-4"), Ok(Some(2..5)));
        assert_eq!(of("bytes=2-"), Ok(Some(2..10)));
        assert_eq!(of("bytes=-3"), Ok(Some(7..10)));
        assert_eq!(of("bytes=-30"), Ok(Some(0..10)));
        assert_eq!(of("bytes=8-99"), Ok(Some(8..10)));
        for whole in ["bytes=4-2", "bytes=1-2,4-5", "lines=1-2", "bytes=", "bytes=-", "bytes=a-b"] {
            assert_eq!(of(whole), Ok(None), "{whole}");
        }
        for outside in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99-"] {
            assert_eq!(of(outside), Err(Code::Range), "{outside}");
        }
        assert_eq!(part(None, 10), Ok(None));
    }
}
