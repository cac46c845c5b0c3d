//! The three `webhook-*` headers of a delivery, found in a header list or refused with a reason.

use super::verdict::{Reason, Rejection};

/// The header that names a delivery; the same on every retry.
pub const ID: &str = "webhook-id";
/// The header with the Unix seconds of the attempt.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with one or more signatures, separated by spaces, or a JWT.
pub const SIGNATURE: &str = "webhook-signature";

/// What a signature covers, and the signature: all of it bytes, as they arrived.
#[derive(Debug, Clone, Copy)]
pub struct SignedDelivery<'a> {
    /// The value of `webhook-id`.
    pub id: &'a [u8],
    /// The value of `webhook-timestamp`.
    pub timestamp: &'a [u8],
    /// The value of `webhook-signature`.
    pub signature: &'a [u8],
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// Finds the three headers, whatever the case of their names.
///
/// # Errors
/// [`Reason::MissingHeader`] where one is absent or empty (the detail names every one of them),
/// [`Reason::MalformedHeader`] where one stands twice: which of the two was signed cannot be known,
/// and libraries disagree on which they read.
pub fn extract<'a, N, V>(
    headers: impl IntoIterator<Item = (&'a N, &'a V)>,
    body: &'a [u8],
) -> Result<SignedDelivery<'a>, Rejection>
where
    N: AsRef<[u8]> + ?Sized + 'a,
    V: AsRef<[u8]> + ?Sized + 'a,
{
    const NAMES: [&str; 3] = [ID, TIMESTAMP, SIGNATURE];
    let mut found: [Option<&[u8]>; 3] = [None; 3];
    for (name, value) in headers {
        let name = name.as_ref();
        let Some(slot) = NAMES.iter().position(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes())) else {
            continue;
        };
        if found[slot].is_some() {
            let detail = format!("{} stands more than once", NAMES[slot]);
            return Err(Rejection::new(Reason::MalformedHeader, detail));
        }
        found[slot] = Some(value.as_ref().trim_ascii());
    }
    let missing: Vec<&str> = NAMES
        .iter()
        .zip(&found)
        .filter(|(_, value)| value.is_none_or(<[u8]>::is_empty))
        .map(|(name, _)| *name)
        .collect();
    match found {
        [Some(id), Some(timestamp), Some(signature)] if missing.is_empty() => {
            Ok(SignedDelivery { id, timestamp, signature, body })
        }
        _ => Err(Rejection::new(Reason::MissingHeader, format!("missing {}", missing.join(", ")))),
    }
}

/// The entries of a `webhook-signature`, which white space separates. Most have one, and a token is long: whether
/// there is anything to cut at is found out for many bytes at once.
pub fn signature_entries(signature: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let is_cut = signature.iter().fold(false, |is_cut, byte| is_cut | (*byte <= b' '));
    let (whole, several) = if is_cut { (None, signature) } else { (Some(signature), &signature[..0]) };
    whole.into_iter().chain(several.split(u8::is_ascii_whitespace)).filter(|entry| !entry.is_empty())
}

/// Reads a `webhook-timestamp`: decimal digits only, no sign, no fraction.
pub fn parse_timestamp(value: &[u8]) -> Option<i64> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let append = |number: i64, byte: &u8| number.checked_mul(10)?.checked_add(digit(byte)?);
    value.iter().try_fold(0, append).filter(|_| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = (&'a str, &'a str)> {
        pairs.iter().map(|(name, value)| (*name, *value))
    }

    #[test]
    fn any_white_space_separates_signatures() {
        let cut = |header: &'static str| signature_entries(header.as_bytes()).collect::<Vec<_>>();
        let two: [&[u8]; 2] = [b"v1,a=", b"v1a,b"];
        for header in ["v1,a= v1a,b", "v1,a=\tv1a,b", "v1,a=\nv1a,b", "v1,a=\r\nv1a,b", " v1,a= \x0c v1a,b\n"]
        {
            assert_eq!(cut(header), two, "{header:?}");
        }
        assert_eq!(cut("v1,a="), two[..1]);
        // No white space, though it is below it.
        assert_eq!(cut("v1,a\u{1}b"), [b"v1,a\x01b"]);
        assert!(cut("").is_empty() && cut(" \t ").is_empty());
    }

    #[test]
    fn names_are_found_in_any_case_and_values_trimmed() {
        let pairs = [("Webhook-Id", "msg_1"), ("WEBHOOK-TIMESTAMP", " 12 "), ("webhook-signature", "v1,x")];
        let delivery = extract(headers(&pairs), b"body").expect("complete");
        assert_eq!(
            (delivery.id, delivery.timestamp, delivery.signature),
            (&b"msg_1"[..], &b"12"[..], &b"v1,x"[..])
        );
    }

    #[test]
    fn every_missing_header_is_named() {
        let rejection =
            extract(headers(&[("webhook-id", ""), ("webhook-timestamp", "1")]), b"").expect_err("incomplete");
        assert_eq!(rejection.reason, Reason::MissingHeader);
        assert_eq!(rejection.detail, "missing webhook-id, webhook-signature");
    }

    #[test]
    fn a_repeated_header_is_refused() {
        let pairs = [
            ("webhook-id", "a"),
            ("Webhook-Id", "a"),
            ("webhook-timestamp", "1"),
            ("webhook-signature", "v1,x"),
        ];
        let rejection = extract(headers(&pairs), b"").expect_err("ambiguous");
        assert_eq!(rejection.reason, Reason::MalformedHeader);
    }

    #[test]
    fn timestamps_are_digits_only() {
        assert_eq!(parse_timestamp(b"1769083200"), Some(1_769_083_200));
        for bad in ["", "-1", "+1", "1.0", "1e9", " 1", "0x10", "99999999999999999999"] {
            assert_eq!(parse_timestamp(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
