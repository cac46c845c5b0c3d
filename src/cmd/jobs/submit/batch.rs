//! `gwh jobs submit batch`: the requests from a file that is uploaded, or in the call itself.

use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::requests;
use super::{Common, wrong_model};
use crate::cmd::args::single_stdin;
use crate::cmd::jobs::input;
use crate::error::{Exit, Failure, Kind};
use crate::gemini::{Api, BatchInput, FileName, NewJob, Upload, UploadError};
use crate::runtime;
use crate::session::Session;
use crate::ui::progress::Progress;
use crate::ui::sanitize;
use crate::units;

/// What the Files API is told that the requests are.
const MIME_TYPE: &str = "application/jsonl";

/// What to say where the API does not know what an upload is.
const NO_FILES_API: &str = "what GOOGLE_GEMINI_BASE_URL leads to may have no Files API: --inline puts the requests into the call itself";

const HELP: &str = "\
The file holds a JSON object a line; every line is checked before anything is sent:
  {\"key\":\"one\",\"request\":{\"contents\":[{\"parts\":[{\"text\":\"Tell me a joke\"}]}]}}

Examples:
  gwh jobs submit batch requests.jsonl -m MODEL --webhook-uri https://example.com/webhook
  gwh jobs submit batch -m gemini-flash-latest --request 'Tell me a joke' --request 'And another'
  gwh jobs submit batch --uploaded files/abc-123 -m gemini-flash-latest --wait";

/// Start a batch of requests
#[derive(Debug, Args)]
#[command(after_help = HELP)]
#[command(group = clap::ArgGroup::new("input").required(true).args(["file", "request", "uploaded"]))]
pub struct Batch {
    /// The requests, a JSON object a line: a file, or @- for stdin. It is uploaded through the Files API
    #[arg(value_name = "FILE")]
    file: Option<String>,
    /// A request to put into the call itself: text for the model, or a JSON object (repeatable)
    #[arg(long, value_name = "TEXT|JSON")]
    request: Vec<String>,
    /// Use a file that the Files API has already
    #[arg(long, value_name = "files/ID")]
    uploaded: Option<String>,
    /// Put the requests of FILE into the call itself instead of uploading them
    #[arg(long, requires = "file")]
    inline: bool,
    /// What people call the batch [default: the name of the file]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Uploads the requests where that is due, and submits the batch.
///
/// # Errors
/// Those of `gwh jobs submit`.
pub(super) fn run(args: &Batch, session: &Session) -> Result<Exit, Failure> {
    let Common { model, webhook, .. } = &args.common;
    let reads_stdin = args.file.as_deref().is_some_and(input::is_stdin);
    single_stdin([(reads_stdin, "FILE"), (webhook.reads_stdin(), "--user-metadata-json")])?;
    let config = webhook.config(session)?;
    let name = args.name.clone().unwrap_or_else(|| args.default_name());
    let given = args.input(session)?;
    // Whatever is wrong with the call is said before a file is uploaded for nothing.
    let made = |input: &BatchInput| {
        let new = NewJob::batch(model, &name, input, &config).map_err(wrong_model)?;
        args.common.changed(new)
    };
    let sample = FileName::parse("files/sample").expect("has the form of a file");
    made(&BatchInput::File(sample))?;
    let api = session.api()?;
    let input = match given {
        Given::Ready(input) => input,
        Given::Content { content, length } => {
            let upload =
                Upload { content, length, mime_type: MIME_TYPE.to_owned(), display_name: name.clone() };
            BatchInput::File(uploaded(session, &api, upload)?)
        }
    };
    let new = NewJob::batch(model, &name, &input, &config).map_err(wrong_model)?;
    args.common.submit(session, &api, new)
}

/// Bytes that can be read from any place, more than once.
trait Content: Read + Seek {}

impl<T: Read + Seek> Content for T {}

/// What the flags name.
enum Given {
    /// It can be sent as it is.
    Ready(BatchInput),
    /// It has to be uploaded.
    Content { content: Box<dyn Content>, length: u64 },
}

impl Batch {
    fn default_name(&self) -> String {
        let file = self.file.as_deref().filter(|file| !input::is_stdin(file));
        let name = file.and_then(|file| Path::new(path_of(file)).file_name());
        name.map_or_else(|| "gwh batch".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    fn input(&self, session: &Session) -> Result<Given, Failure> {
        if let Some(name) = &self.uploaded {
            let file = FileName::parse(name)
                .map_err(|error| Failure::usage(format!("--uploaded {name:?}")).because(error))?;
            return Ok(Given::Ready(BatchInput::File(file)));
        }
        let Some(file) = &self.file else {
            let requests =
                self.request.iter().map(|text| requests::of_flag(text)).collect::<Result<_, _>>()?;
            return Ok(Given::Ready(BatchInput::Inline(requests)));
        };
        let (name, mut content, length) = open(session, file)?;
        if self.inline {
            return Ok(Given::Ready(BatchInput::Inline(requests::inline(content, &name)?)));
        }
        let count = requests::check(&mut content, &name)?;
        session.ui.trace(&format!("{} holds {count} requests", sanitize::text(&name)));
        Ok(Given::Content { content, length })
    }
}

/// A path, which may be written with an `@` as other inputs are.
fn path_of(file: &str) -> &str {
    file.strip_prefix('@').unwrap_or(file)
}

/// The name, the bytes and the length of what is to be uploaded. stdin is read whole.
fn open(session: &Session, file: &str) -> Result<(String, Box<dyn Content>, u64), Failure> {
    if input::is_stdin(file) {
        let bytes = session.read_input(None)?;
        let length = bytes.len() as u64;
        return Ok(("stdin".to_owned(), Box::new(Cursor::new(bytes)), length));
    }
    let name = path_of(file).to_owned();
    let opened = File::open(session.directory.join(&name)).and_then(|file| {
        let length = file.metadata()?.len();
        Ok((file, length))
    });
    let (file, length) =
        opened.map_err(|error| Failure::configuration(format!("cannot read {name}")).because(error))?;
    Ok((name, Box::new(file), length))
}

/// Uploads the requests and answers what the API calls them.
fn uploaded(session: &Session, api: &Api, upload: Upload<Box<dyn Content>>) -> Result<FileName, Failure> {
    let name = sanitize::text(&upload.display_name).into_owned();
    let length = upload.length;
    let bar = Arc::new(Progress::bytes(&session.ui, "uploading", Some(length)));
    let drawn = bar.clone();
    let file = runtime::block_on(async {
        let uploading = api.upload(upload, Arc::new(move |sent| drawn.reach(sent)));
        tokio::select! {
            file = uploading => file.map_err(|error| match error {
                UploadError::Content(error) => Failure::configuration(format!("cannot read {name}")).because(error),
                UploadError::Api(error) => error.into_failure_of(&format!("upload {name}"), NO_FILES_API),
            }),
            () = session.shutdown.requested() => Err(Failure::new(Kind::Interrupted, "stopped; no batch was submitted")),
        }
    });
    bar.finish();
    let file = file?;
    let size = units::human_size(usize::try_from(length).unwrap_or(usize::MAX));
    session.ui.note(&format!("uploaded {name} ({size}) as {}", file.name));
    Ok(file.name)
}
