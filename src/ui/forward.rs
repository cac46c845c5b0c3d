//! What came of forwarding a delivery, in one line for people, and what there is to say about it below.

use std::fmt::Write;
use std::time::Duration;

use super::arrival::{ID_WIDTH, end_line, note};
use super::{Style, sanitize};
use crate::deliver::forward::Forward;

const URL_WIDTH: usize = 120;

/// Appends the lines of a forward to `out`: `12:04:31 <-- 200 http://localhost:3000/webhook   12ms  msg_7c9e…`.
pub fn forward(
    out: &mut String,
    style: Style,
    time: &str,
    id: Option<&str>,
    forward: &Forward,
    notes: &[String],
) {
    let status = forward.status();
    let status = match () {
        () if !forward.is_accepted() => style.bad(status.as_str()),
        () if forward.is_slow() => style.warning(status.as_str()),
        () => style.good(status.as_str()),
    };
    let url = forward.shown_url();
    let url = sanitize::clipped(&url, URL_WIDTH);
    let id = style.accent(sanitize::clipped(id.unwrap_or("(no id)"), ID_WIDTH));
    let latency = latency(forward.latency);
    let _ = write!(out, "{time} <-- {status} {url}  {latency:>5}  {id}");
    end_line(out);
    for text in notes {
        note(out, style, Some(text));
    }
}

/// `0.4ms`, `12ms`, `3.2s`.
fn latency(latency: Duration) -> String {
    let millis = latency.as_secs_f64() * 1_000.0;
    match millis {
        millis if millis < 0.95 => format!("{millis:.1}ms"),
        millis if millis < 999.5 => format!("{millis:.0}ms"),
        millis => format!("{:.1}s", millis / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_take_five_columns() {
        let shown = [0, 400, 949, 951, 12_400, 999_400, 999_600, 30_000_000]
            .map(|micros| latency(Duration::from_micros(micros)));
        assert_eq!(shown, ["0.0ms", "0.4ms", "0.9ms", "1ms", "12ms", "999ms", "1.0s", "30.0s"]);
    }
}
