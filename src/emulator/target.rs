//! A request's target: path segments and query pairs, decoded.

/// The path and the query of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The segments of the path, decoded, without empty ones.
    pub segments: Vec<String>,
    /// The pairs of the query, decoded, in order.
    pub query: Vec<(String, String)>,
}

impl Target {
    /// Reads a path and a query, neither with its separator.
    pub fn parse(path: &str, query: Option<&str>) -> Self {
        let segments =
            path.split('/').filter(|segment| !segment.is_empty()).map(|text| decode(text, false)).collect();
        let query = query
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name, true), decode(value, true))
            })
            .collect();
        Target { segments, query }
    }

    /// The value of the first of `names` that the query has.
    pub fn query(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|wanted| {
            self.query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        })
    }
}

/// Resolves `%XX` (and `+` in a query); what is not UTF-8 then becomes U+FFFD.
fn decode(text: &str, in_query: bool) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = bytes
            .get(at + 1..at + 3)
            // The parser of numbers would take a sign, too.
            .filter(|digits| bytes[at] == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(if in_query && bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_pairs_are_decoded() {
        let target = Target::parse("//v1/webhooks/abc%3Aping/", Some("update_mask=state%2Curi&&k=a+b&x"));
        assert_eq!(target.segments, ["v1", "webhooks", "abc:ping"]);
        assert_eq!(target.query(&["update_mask"]), Some("state,uri"));
        assert_eq!(target.query(&["missing", "k"]), Some("a b"));
        assert_eq!(target.query(&["x"]), Some(""));
    }

    #[test]
    fn what_is_not_an_escape_stays() {
        assert_eq!(decode("100%", false), "100%");
        assert_eq!(decode("%zz%4", false), "%zz%4");
        assert_eq!(decode("%+f", false), "%+f");
        assert_eq!(decode("%ff+", false), "\u{FFFD}+");
    }
}
