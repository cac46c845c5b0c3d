//! One object a line: what is tested, each case, the summary.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::describe;
use super::report::{Counts, Report, by_severity};
use crate::capture::header_text;
use crate::conformance::{Exchange, Run, State, Tested};
use crate::error::Failure;
use crate::ui::Ui;
use crate::units::whole_millis;

/// How much of a body stands in the report; `--save` keeps all of it.
const BODY: usize = 2_048;

pub(super) fn begin(report: &Report, ui: &Ui) -> Result<(), Failure> {
    let schemes: Vec<&str> = report.schemes.iter().map(|scheme| scheme.name()).collect();
    ui.object(&json!({
        "type": "ready",
        "url": report.url(),
        "schemes": schemes,
        "jwks_url": report.jwks_url,
        "cases": report.cases,
    }))
}

pub(super) fn end(run: &Run, took: Duration, ui: &Ui) -> Result<(), Failure> {
    let tested = &run.tested;
    for one in tested {
        ui.object(&case(one))?;
    }
    let counts = Counts::of(tested);
    let score: Map<String, Value> = by_severity(tested)
        .iter()
        .map(|(severity, counts)| {
            (severity.name().to_owned(), json!({"passed": counts.passed, "failed": counts.failed}))
        })
        .collect();
    ui.object(&json!({
        "type": "summary",
        "passed": counts.passed,
        "failed": counts.failed,
        "skipped": counts.skipped,
        "interrupted": run.is_interrupted,
        "score": score,
        "duration_ms": whole_millis(took),
    }))
}

fn case(tested: &Tested) -> Value {
    let case = tested.case;
    let mut object = json!({
        "type": "case",
        "id": case.id,
        "title": case.title,
        "family": case.family().name(),
        "severity": case.severity.name(),
        "scheme": tested.scheme.name(),
        "result": result(&tested.state),
    });
    match &tested.state {
        State::Passed => {}
        State::Skipped(why) => object["reason"] = json!(why.sentence()),
        State::Failed(problem) => {
            object["expected"] = json!(problem.expected);
            object["reason"] = json!(describe::reason(tested));
            object["why"] = json!(case.why);
            object["fix"] = json!(problem.fix);
            if let Some(exchange) = tested.telling_exchange() {
                object["request"] = request(exchange);
                object["answer"] = answer(exchange);
            }
        }
    }
    if !matches!(tested.state, State::Skipped(_)) {
        object["rounds"] = json!(tested.rounds);
        object["failed_rounds"] = json!(tested.failed_rounds);
        object["duration_ms"] = json!(whole_millis(tested.took));
    }
    object
}

/// The stable name of how a case ended.
pub(super) fn result(state: &State) -> &'static str {
    match state {
        State::Passed => "passed",
        State::Failed(_) => "failed",
        State::Skipped(_) => "skipped",
    }
}

fn request(exchange: &Exchange) -> Value {
    let request = &exchange.request;
    let headers: Vec<(String, String)> =
        request.headers.iter().map(|(name, value)| (name.clone(), header_text(value.as_bytes()))).collect();
    json!({
        "method": request.method.name(),
        "path": request.target,
        "headers": headers,
        "body": text(&request.body),
        "body_bytes": request.body.len(),
    })
}

fn answer(exchange: &Exchange) -> Value {
    match &exchange.outcome {
        Ok(reply) => json!({
            "status": reply.status,
            "headers": reply.headers,
            "body": text(&reply.body),
            "body_bytes": reply.body.len(),
            "latency_ms": whole_millis(reply.latency),
        }),
        Err(error) => json!({"error": error.sentence(), "error_kind": error.code()}),
    }
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(BODY)]).into_owned()
}
