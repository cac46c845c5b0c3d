//! Values of flags that only `trigger` has.

use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};

/// A header that a delivery can carry.
pub(super) fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| "expected a header such as 'x-tenant: blue'".to_owned())?;
    let name: HeaderName = name.trim().parse().map_err(|_| "the header's name is not valid".to_owned())?;
    if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
        return Err(format!("{name} follows from the body and cannot be given"));
    }
    let mut value =
        HeaderValue::from_str(value.trim()).map_err(|_| "the header's value is not valid".to_owned())?;
    // It may be a credential, so it is not shown by --verbose.
    value.set_sensitive(true);
    Ok((name, value))
}

/// A `webhook-id`.
pub(super) fn id(text: &str) -> Result<String, String> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if printable && !text.is_empty() {
        Ok(text.to_owned())
    } else {
        Err("expected printable ASCII without spaces, such as msg_1".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_checked_before_anything_is_sent() {
        assert_eq!(header("X-Tenant:  blue ").map(|(name, _)| name.to_string()), Ok("x-tenant".to_owned()));
        for bad in [
            "no colon",
            ": value",
            "na me: x",
            "a: b\nc: d",
            "content-length: 3",
            "Transfer-Encoding: chunked",
        ] {
            assert!(header(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ids_must_fit_a_header() {
        assert!(id("msg_1").is_ok());
        for bad in ["", "a b", "a\nb", "ä"] {
            assert!(id(bad).is_err(), "{bad:?}");
        }
    }
}
