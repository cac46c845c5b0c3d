//! Values of flags that only `trigger` has.

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
    fn ids_must_fit_a_header() {
        assert!(id("msg_1").is_ok());
        for bad in ["", "a b", "a\nb", "ä"] {
            assert!(id(bad).is_err(), "{bad:?}");
        }
    }
}
