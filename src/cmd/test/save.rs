//! `--save`: each exchange as files. A request is one that `gwh verify` reads; its answer lies beside it;
//! `deliveries.jsonl` holds all of them as capture records.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::capture::{DeliveryRecord, ForwardRecord, ResponseRecord, header_text};
use crate::conformance::{Exchange, Tested};
use crate::error::Failure;
use crate::event::type_of;
use crate::signature::ID;
use crate::units::{rfc3339, whole_millis};

/// The file of the records.
const RECORDS: &str = "deliveries.jsonl";

/// Makes `folder`, which the user calls `name`, so that what cannot be saved is told before anything is sent.
///
/// # Errors
/// Kind `Configuration` where it is no folder, or the records would go into a pipe or a folder.
pub(super) fn prepare(folder: &Path, name: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| failed(name, error))?;
    match fs::metadata(folder.join(RECORDS)) {
        // A pipe that nobody reads would be waited for without an end.
        Ok(records) if !records.is_file() => {
            let what = format!("cannot save exchanges in {}: its {RECORDS} is no file", name.display());
            Err(Failure::configuration(what).hint("name another folder with --save"))
        }
        _ => Ok(()),
    }
}

fn failed(name: &Path, error: io::Error) -> Failure {
    Failure::configuration(format!("cannot save exchanges in {}", name.display())).because(error)
}

/// Writes the exchanges of every case into `folder`, which is there and which the user calls `name`.
///
/// # Errors
/// Kind `Configuration` where something cannot be written.
pub(super) fn exchanges(folder: &Path, name: &Path, tested: &[Tested], url: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| failed(name, error);
    let mut records = BufWriter::new(File::create(folder.join(RECORDS)).map_err(failed)?);
    for one in tested {
        for (index, exchange) in one.exchanges.iter().enumerate() {
            let stem = format!("{}.{}.{}", one.case.id, one.scheme.name(), index + 1);
            let request = exchange.request.to_bytes();
            fs::write(folder.join(format!("{stem}.request.http")), request).map_err(failed)?;
            fs::write(folder.join(format!("{stem}.answer.http")), answer(exchange)).map_err(failed)?;
            let line = serde_json::to_string(&record(exchange, url))
                .map_err(|error| Failure::bug("cannot write a record").because(error))?;
            writeln!(records, "{line}").map_err(failed)?;
        }
    }
    records.flush().map_err(failed)
}

/// The answer as it came, or why there is none.
fn answer(exchange: &Exchange) -> Vec<u8> {
    match &exchange.outcome {
        Ok(reply) => reply.raw.clone(),
        Err(error) => format!("no answer: {}\n", error.sentence()).into_bytes(),
    }
}

fn record(exchange: &Exchange, url: &str) -> DeliveryRecord {
    let request = &exchange.request;
    let headers =
        request.headers.iter().map(|(name, value)| (name.clone(), header_text(value.as_bytes()))).collect();
    let mut record = DeliveryRecord::new(headers, &request.body);
    record.webhook_id = request.header(ID).map(str::to_owned);
    record.event_type = type_of(&request.body).map(Cow::into_owned);
    record.received_at = Some(rfc3339(exchange.sent_at));
    record.method = Some(request.method.name().to_owned());
    record.path = Some(request.target.clone());
    record.attempt = Some(1);
    let reply = exchange.outcome.as_ref();
    record.response = reply.ok().map(|reply| ResponseRecord { status: reply.status });
    record.forwards = vec![ForwardRecord {
        url: url.to_owned(),
        status: reply.ok().map(|reply| reply.status),
        latency_ms: reply.map_or(0, |reply| whole_millis(reply.latency)),
        error: reply.err().map(|error| error.sentence()),
        ..ForwardRecord::default()
    }];
    record
}
