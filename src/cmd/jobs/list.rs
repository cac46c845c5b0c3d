//! `gwh jobs list`.

use clap::Args;

use super::{failed, show};
use crate::error::{Exit, Failure};
use crate::gemini::Job;
use crate::runtime;
use crate::session::Session;
use crate::ui::table::Table;

/// List the batches of the project
///
/// Batches are the only jobs that the API lists: keep the ids of interactions and videos that you submit.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh jobs list
  gwh jobs list --json | jq -r 'select(.state == \"failed\").id'")]
pub struct List {
    /// Ask for this many at a time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    page_size: Option<u32>,
    /// Stop after this many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

/// Prints the batches page by page, as they arrive.
///
/// # Errors
/// Kind `Configuration` without a key, `Remote` where the API cannot be asked.
pub fn run(args: &List, session: &Session) -> Result<Exit, Failure> {
    let api = session.api()?;
    let limit = args.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let mut table = Table::new(&["ID", "STATE", "CREATED", "MODEL", "NAME", "RESULT"]);
    let mut count = 0;
    let unreadable = runtime::block_on(async {
        let mut pages = api.batches(args.page_size);
        while let Some(mut page) = pages.next().await.map_err(|error| failed(error, "list the batches"))? {
            page.truncate(limit - count);
            print(session, &mut table, &page, count == 0)?;
            count += page.len();
            if count == limit {
                break;
            }
        }
        Ok(pages.unreadable())
    })?;
    if unreadable > 0 {
        session.ui.warn(&format!("{unreadable} of the listed have no id of a batch, and are left out"));
    }
    if count == 0 && unreadable == 0 {
        session.ui.note("there are no batches; gwh jobs submit batch starts one");
    }
    Ok(Exit::Done)
}

fn print(session: &Session, table: &mut Table, page: &[Job], is_first: bool) -> Result<(), Failure> {
    let ui = &session.ui;
    if ui.json() {
        return page.iter().try_for_each(|job| show::object(session, job));
    }
    let rows = table.fit(&page.iter().map(row).collect::<Vec<_>>());
    if is_first && !rows.is_empty() {
        ui.line(&table.heading(ui.out_style()))?;
    }
    rows.iter().try_for_each(|row| ui.line(&table.line(row)))
}

fn row(job: &Job) -> Vec<String> {
    let fact = |name: &str| {
        let found = job.facts.iter().find(|(fact, _)| *fact == name);
        found.map_or_else(|| "-".to_owned(), |(_, value)| value.clone())
    };
    vec![
        job.id.to_string(),
        job.state.as_str().to_owned(),
        fact("created"),
        fact("model"),
        fact("name"),
        job.results.join(" "),
    ]
}
