//! `gwh jobs config`: the part of a call that sets a job's webhook, to paste into one's own code.

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::value::RawValue;

use super::webhook::WebhookArgs;
use crate::error::{Exit, Failure};
use crate::gemini::{JobKind, WebhookConfig};
use crate::json::{self, Escapes, Layout, Node, Order, Style};
use crate::session::Session;

const HELP: &str = "\
Each API spells it in its own way: an interaction takes webhook_config with user_metadata, a batch \
and a video take webhookConfig with userMetadata.

Examples:
  gwh jobs config interaction --webhook-uri https://example.com/webhook --user-metadata a=b
  gwh jobs config batch --webhook-uri https://example.com/webhook --form python";

/// Print the webhook_config of a job, to paste into your own call
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Config {
    /// The kind of job
    #[arg(value_enum, value_name = "KIND")]
    kind: JobKind,
    /// The form: the JSON of the call, or the arguments of Google's SDK
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    form: Form,
    #[command(flatten)]
    webhook: WebhookArgs,
}

/// What the part is pasted into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Form {
    /// The body of the HTTP call
    #[default]
    Json,
    /// A call of google-genai
    Python,
    /// A call of @google/genai
    Javascript,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind_of_object: &'static str,
    kind: &'static str,
    /// The member as it stands in the call.
    config: &'a RawValue,
}

/// Prints the part.
///
/// # Errors
/// Kind `Usage` where there is nothing to configure or a flag is malformed, `Configuration` where a file cannot
/// be read.
pub fn run(args: &Config, session: &Session) -> Result<Exit, Failure> {
    let config = args.webhook.config(session)?;
    if config.is_empty() {
        return Err(Failure::usage("there is nothing to configure: neither a URL nor metadata is given")
            .hint("name the endpoint with --webhook-uri https://example.com/webhook")
            .hint("a job without webhook_config reports to the project's registered webhooks"));
    }
    let ui = &session.ui;
    if ui.json() {
        let member = RawValue::from_string(config.member(args.kind)).expect("it was written as JSON");
        ui.object(&Document { kind_of_object: "webhook_config", kind: args.kind.name(), config: &member })?;
        return Ok(Exit::Done);
    }
    ui.line(&text(args.kind, args.form, &config))?;
    ui.note(place(args.kind, args.form));
    Ok(Exit::Done)
}

fn text(kind: JobKind, form: Form, config: &WebhookConfig) -> String {
    let style =
        |width| Style { layout: Layout::Indented(width), order: Order::Kept, escapes: Escapes::Literal };
    let member = match form {
        Form::Json => config.member(kind),
        // The Python SDK takes snake_case for every kind of job, and puts it into each API's own case.
        Form::Python => config.member(JobKind::Interaction),
        // The JavaScript SDK passes the arguments of an interaction on as they are.
        Form::Javascript => config.member(kind),
    };
    let tree = json::parse(&member).expect("it was written as JSON");
    match (form, kind) {
        (Form::Json, _) => json::write(&tree, style(2)),
        (Form::Python, JobKind::Interaction) => {
            let value = tree.get("webhook_config").expect("it is the one member");
            format!("background=True,\nwebhook_config={},", json::write(&python(value), style(4)))
        }
        (Form::Python, _) => format!("config={},", json::write(&python(&tree), style(4))),
        (Form::Javascript, JobKind::Interaction) => {
            let value = tree.get("webhook_config").expect("it is the one member");
            format!("background: true,\nwebhook_config: {},", json::write(value, style(2)))
        }
        (Form::Javascript, _) => format!("config: {},", json::write(&tree, style(2))),
    }
}

/// The same tree with Python's words for `true`, `false` and `null`. Strings without `\u` escapes, as they are
/// written here, are the same in both languages.
fn python<'a>(node: &Node<'a>) -> Node<'a> {
    match node {
        Node::Object(members) => {
            Node::Object(members.iter().map(|(key, value)| (*key, python(value))).collect())
        }
        Node::Array(elements) => Node::Array(elements.iter().map(python).collect()),
        Node::Literal("true") => Node::Literal("True"),
        Node::Literal("false") => Node::Literal("False"),
        Node::Literal("null") => Node::Literal("None"),
        other => other.clone(),
    }
}

/// Where the part belongs.
fn place(kind: JobKind, form: Form) -> &'static str {
    match (form, kind) {
        (Form::Json, JobKind::Interaction) => {
            "it stands beside model and input in the body of POST interactions, together with \"background\": true"
        }
        (Form::Json, JobKind::Batch) => {
            "it stands inside batch, beside inputConfig, in the body of POST models/MODEL:batchGenerateContent"
        }
        (Form::Json, JobKind::Video) => {
            "it stands beside instances and parameters in the body of POST models/MODEL:predictLongRunning"
        }
        (Form::Python, JobKind::Interaction) => {
            "they are arguments of client.interactions.create(model=…, input=…)"
        }
        (Form::Python, JobKind::Batch) => "it is an argument of client.batches.create(model=…, src=…)",
        (Form::Python, JobKind::Video) => {
            "it is an argument of client.models.generate_videos(model=…, prompt=…) of the SDKs up to 2.x"
        }
        (Form::Javascript, JobKind::Interaction) => {
            "they are members of ai.interactions.create({model, input})"
        }
        (Form::Javascript, JobKind::Batch) => "it is a member of ai.batches.create({model, src})",
        (Form::Javascript, JobKind::Video) => {
            "it is a member of ai.models.generateVideos({model, source}) of the SDKs up to 2.x"
        }
    }
}
