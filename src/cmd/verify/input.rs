//! What the input is, and where its headers come from.
//!
//! Where headers are given from outside, by flag or by a web server, the whole input is the body and
//! nothing in it is looked at: a body that a stranger chose could otherwise bring along the headers of
//! another, authentic delivery and be taken for that one.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use crate::capture;
use crate::env;
use crate::error::Failure;
use crate::request::{self, Header, RequestError};
use crate::session::Session;
use crate::signature::{ID, SIGNATURE, TIMESTAMP, holds_token, wants_public_key};
use crate::ui::sanitize;
use crate::units::human_size;

/// The headers of a bare body.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Headers of a bare body")]
#[command(group = ArgGroup::new("header_source").multiple(true))]
pub(super) struct HeaderArgs {
    /// The value of webhook-id
    #[arg(long, value_name = "ID", group = "header_source", allow_hyphen_values = true)]
    id: Option<OsString>,
    /// The value of webhook-timestamp, in Unix seconds
    #[arg(long, value_name = "SECONDS", group = "header_source", allow_hyphen_values = true)]
    timestamp: Option<OsString>,
    /// The value of webhook-signature
    #[arg(long, group = "header_source", allow_hyphen_values = true)]
    signature: Option<OsString>,
    /// A header of the delivery (repeatable)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", group = "header_source")]
    header: Vec<OsString>,
    /// A file of headers as curl -D writes it; the last block counts
    #[arg(long, value_name = "FILE", group = "header_source")]
    headers_file: Option<PathBuf>,
}

impl HeaderArgs {
    /// The file that headers are read from.
    pub(super) fn file(&self) -> Option<&Path> {
        self.headers_file.as_deref()
    }

    /// The headers that the flags give, or none where there is no such flag.
    pub(super) fn read(&self, session: &Session) -> Result<Option<Vec<Header>>, Failure> {
        let mut headers = Vec::new();
        if let Some(file) = &self.headers_file {
            let name = file.display();
            headers = request::parse_headers(&session.read_input(Some(file))?)
                .map_err(|error| Failure::usage(format!("{name} is not a file of headers")).because(error))?;
        }
        for (name, value) in [(ID, &self.id), (TIMESTAMP, &self.timestamp), (SIGNATURE, &self.signature)] {
            headers.extend(value.as_ref().map(|value| (name.to_owned(), value.as_encoded_bytes().to_vec())));
        }
        for header in &self.header {
            headers.push(split(header.as_encoded_bytes())?);
        }
        let given = self.id.is_some()
            || self.timestamp.is_some()
            || self.signature.is_some()
            || !self.header.is_empty()
            || self.headers_file.is_some();
        Ok(given.then_some(headers))
    }
}

fn split(header: &[u8]) -> Result<Header, Failure> {
    request::header_line(header).ok_or_else(|| {
        let shown = sanitize::bytes(header);
        Failure::usage(format!("-H '{shown}' is not of the form 'name: value'"))
            .hint("write for example -H 'webhook-id: msg_1'")
    })
}

/// What an input was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    BodyAndFlags,
    BodyAndVariables,
    Record,
    Request,
}

/// A delivery as it was given.
pub(super) struct Delivery<'a> {
    form: Form,
    pub(super) headers: Vec<Header>,
    pub(super) body: Cow<'a, [u8]>,
    /// What had to be assumed to read it.
    pub(super) notes: Vec<String>,
}

impl<'a> Delivery<'a> {
    fn new(form: Form, headers: Vec<Header>, body: impl Into<Cow<'a, [u8]>>) -> Self {
        Delivery { form, headers, body: body.into(), notes: Vec::new() }
    }

    /// A delivery that stood in a record.
    pub(super) fn of_record(record: capture::SignedRecord) -> Self {
        Delivery::new(Form::Record, record.headers, record.body)
    }

    /// The value of `webhook-id`, where there is one.
    pub(super) fn id(&self) -> Option<&[u8]> {
        self.values(ID).next().map(<[u8]>::trim_ascii).filter(|value| !value.is_empty())
    }

    /// Whether it is signed with a JWT.
    pub(super) fn holds_token(&self) -> bool {
        self.values(SIGNATURE).any(holds_token)
    }

    /// Whether a public key could prove it.
    pub(super) fn wants_public_key(&self) -> bool {
        self.values(SIGNATURE).any(wants_public_key)
    }

    fn values(&self, header: &str) -> impl Iterator<Item = &[u8]> {
        let named = self.headers.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(header));
        named.map(|(_, value)| value.as_slice())
    }

    /// What it was recognised as, for `--verbose`.
    pub(super) fn description(&self) -> String {
        let form = match self.form {
            Form::BodyAndFlags => "a bare body, with headers given by flag",
            Form::BodyAndVariables => "a bare body, with headers in CGI variables",
            Form::Record => "a capture record",
            Form::Request => "an HTTP request",
        };
        format!("input: {form}; {} of body, {} headers", human_size(self.body.len()), self.headers.len())
    }
}

/// Recognises `bytes`, whose headers are `given` where flags name them.
pub(super) fn recognise<'a>(
    given: Option<Vec<Header>>,
    bytes: &'a [u8],
    session: &Session,
) -> Result<Delivery<'a>, Failure> {
    if let Some(headers) = given {
        return Ok(Delivery::new(Form::BodyAndFlags, headers, bytes));
    }
    if let Some(headers) = cgi_headers(session) {
        return Ok(Delivery::new(Form::BodyAndVariables, headers, bytes));
    }
    if bytes.trim_ascii_start().starts_with(b"{") {
        match capture::read(bytes) {
            Ok(record) => return Ok(Delivery::of_record(record)),
            Err(error) if !error.is_other_input() => {
                return Err(Failure::usage("the capture record is damaged").because(error));
            }
            Err(_) => {}
        }
    }
    let parsed = request::parse(bytes).map_err(malformed_request)?;
    match parsed {
        Some(request) => {
            let mut delivery = Delivery::new(Form::Request, request.headers, request.body);
            delivery.notes = request.notes.iter().map(ToString::to_string).collect();
            Ok(delivery)
        }
        None => Err(no_headers(bytes)),
    }
}

fn malformed_request(error: RequestError) -> Failure {
    let failure = Failure::usage("the HTTP request is malformed").because(error);
    match error {
        RequestError::NoBody => failure.hint(
            "give the same file with --headers-file and the body as FILE: gwh verify --headers-file DUMP BODY",
        ),
        _ => failure,
    }
}

/// The headers that a web server hands to a CGI program. Under one they are what arrived, even if that
/// is nothing.
fn cgi_headers(session: &Session) -> Option<Vec<Header>> {
    let variables = [
        (ID, env::HTTP_WEBHOOK_ID),
        (TIMESTAMP, env::HTTP_WEBHOOK_TIMESTAMP),
        (SIGNATURE, env::HTTP_WEBHOOK_SIGNATURE),
    ];
    let headers: Vec<Header> = variables
        .into_iter()
        .filter_map(|(name, variable)| {
            Some((name.to_owned(), session.env.raw(variable)?.as_encoded_bytes().to_vec()))
        })
        .collect();
    (!headers.is_empty() || session.env.raw(env::GATEWAY_INTERFACE).is_some()).then_some(headers)
}

fn no_headers(bytes: &[u8]) -> Failure {
    let what = if bytes.is_empty() { "the input is empty" } else { "the input is a bare body" };
    let message = format!("{what}, and its headers {ID}, {TIMESTAMP} and {SIGNATURE} are missing altogether");
    let mut failure = Failure::usage(message);
    let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first_line.len() < bytes.len() && first_line.starts_with(b"{") && capture::is_object(first_line) {
        failure = failure.hint("to verify a stream of capture records, add --jsonl");
    }
    failure
        .hint("pipe the whole HTTP request: request line or headers, an empty line, the body")
        .hint("or give them: --id ID --timestamp SECONDS --signature SIGNATURE, -H 'name: value', --headers-file FILE")
        .hint("or set them as a web server does for a CGI program: HTTP_WEBHOOK_ID, HTTP_WEBHOOK_TIMESTAMP, HTTP_WEBHOOK_SIGNATURE")
}
