//! `gwh config show`.

use clap::Args;
use serde::Serialize;

use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::ui::sanitize;

/// Show every setting and its value
#[derive(Debug, Args)]
pub struct Show {
    /// Say where each value comes from
    #[arg(long)]
    origin: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    key: &'a str,
    value: Option<&'a str>,
    origin: String,
}

/// Prints the settings.
///
/// # Errors
/// Where stdout cannot be written.
pub fn run(args: Show, session: &Session) -> Result<Exit, Failure> {
    let ui = &session.ui;
    for (key, value, origin) in session.config.entries() {
        let origin = origin.to_string();
        if ui.json() {
            ui.object(&Line {
                kind: "setting",
                key,
                value: Some(value).filter(|text| !text.is_empty()),
                origin,
            })?;
            continue;
        }
        let setting = format!("{key} = {:?}", sanitize::text(value));
        if args.origin {
            ui.line(&format!("{setting:<44} {}", ui.out_style().dim(sanitize::text(&origin))))?;
        } else {
            ui.line(&setting)?;
        }
    }
    Ok(Exit::Done)
}
