//! `gwh sign`: making signed deliveries.
//!
//! The body is taken byte for byte and stands in the output byte for byte, in any of the forms that
//! something else can send, replay or verify.

mod forms;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hyper::Uri;

use crate::cmd::args::{SecretArgs, single_stdin};
use crate::config;
use crate::error::{Exit, Failure};
use crate::random;
use crate::session::Session;
use crate::signature::{Scheme, signature_header};
use crate::units::{self, Moment};
use forms::Delivery;

/// Sign a body as the service would, and print the delivery
///
/// Without secrets the local test identity signs, which gwh verify and gwh listen know.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh sign event.json | gwh verify                    what is signed verifies
  gwh sign event.json --as curl --to http://127.0.0.1:3000/webhook
  gwh sign event.json | nc 127.0.0.1 3000             a whole HTTP request
  gwh sign event.json --as headers > h; curl -H @h --data-binary @event.json http://127.0.0.1:3000/
  eval \"$(gwh sign event.json --as env)\"              as a web server tells a CGI program
  gwh sign --secret-file old --secret-file new < event.json    both secrets of a rotation")]
pub struct Sign {
    /// The body; stdin if it is absent or -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The form to print it in [default: http]
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<Form>,
    /// The webhook-id [default: a new one]
    #[arg(long, value_parser = message_id)]
    id: Option<String>,
    /// The webhook-timestamp: RFC 3339, Unix seconds, or an offset such as -10m [default: now]
    #[arg(long, value_name = "TIME", value_parser = units::moment, allow_hyphen_values = true)]
    timestamp: Option<Moment>,
    /// How to sign
    #[arg(long, value_enum, default_value = "v1")]
    scheme: Scheme,
    /// The audience that the JWT names [env: GWH_AUDIENCE]
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// Where the delivery goes, for the forms that name it
    #[arg(long, value_name = "URL", value_parser = target, default_value = "http://127.0.0.1:8080/")]
    to: Target,
    #[command(flatten)]
    secrets: SecretArgs,
}

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A whole HTTP/1.1 request
    Http,
    /// The header lines, for curl -H @FILE and gwh verify --headers-file
    Headers,
    /// A curl command for a POSIX shell
    Curl,
    /// An HTTPie command for a POSIX shell
    Httpie,
    /// A capture record, one line of JSON
    Json,
    /// export lines with the variables of a CGI program
    Env,
}

/// A URL that a delivery goes to, cut into what a request names.
#[derive(Debug, Clone)]
struct Target {
    url: String,
    host: String,
    path: String,
}

/// Signs and prints.
///
/// # Errors
/// Kind `Usage` where flags contradict each other, `Configuration` where there is no key of the scheme
/// or the body cannot be read.
pub fn run(args: Sign, session: &Session) -> Result<Exit, Failure> {
    let form = form(args.form, session)?;
    let body_from_stdin = args.file.as_deref().is_none_or(|file| file == Path::new("-"));
    let readers = [(args.secrets.reads_stdin(), "--secret-file -"), (body_from_stdin, "the body")];
    single_stdin(readers)?;
    if args.audience.is_some() && args.scheme != Scheme::Jwt {
        return Err(Failure::usage("--audience is named in a JWT and nowhere else")
            .hint("add --scheme jwt, or leave --audience out"));
    }
    let timestamp = args.timestamp.map_or(session.now(), |moment| moment.unix(session.now()));
    if timestamp < 0 {
        return Err(Failure::usage("--timestamp: a webhook-timestamp cannot be before 1970"));
    }
    let audience = session.config.get(&config::AUDIENCE, args.audience);
    let signer = args.secrets.signer(session, args.scheme, audience)?;
    let body = session.read_input(args.file.as_deref())?;
    let id = args.id.unwrap_or_else(|| random::message_id(session.random.as_ref()));
    let signature = signature_header(&signer, &id, timestamp, &body)
        .map_err(|error| Failure::configuration("cannot sign").because(error))?;
    let delivery = Delivery {
        to: &args.to,
        id: &id,
        timestamp: &timestamp.to_string(),
        signature: &signature,
        body: &body,
    };
    let output = match form {
        Form::Http => delivery.http(),
        Form::Headers => delivery.headers_file(),
        Form::Curl => delivery.curl(),
        Form::Httpie => delivery.httpie(),
        Form::Env => delivery.env(),
        Form::Json => {
            session.ui.object(&delivery.record(session.timestamp()))?;
            return Ok(Exit::Done);
        }
    };
    session.ui.raw(&output)?;
    Ok(Exit::Done)
}

/// `--json` asks for the one form that is JSON; a contradiction is not guessed away.
fn form(form: Option<Form>, session: &Session) -> Result<Form, Failure> {
    match form {
        None if session.ui.json() => Ok(Form::Json),
        Some(form) if session.ui.json() && form != Form::Json => {
            Err(Failure::usage("--json prints a capture record, and --as asks for another form")
                .hint("leave one of --json and --as out"))
        }
        form => Ok(form.unwrap_or(Form::Http)),
    }
}

/// Takes an id that every receiver reads back alike.
fn message_id(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'.' && byte != b'\\';
    if !text.is_empty() && text.bytes().all(allowed) {
        return Ok(text.to_owned());
    }
    Err("expected visible ASCII without '\\' and without '.', which ends the id in the signed content"
        .to_owned())
}

fn target(text: &str) -> Result<Target, String> {
    let problem = || "expected a URL such as http://127.0.0.1:8080/webhook".to_owned();
    let uri: Uri = text.parse().map_err(|_| problem())?;
    let authority = uri.authority().ok_or_else(problem)?.as_str();
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(problem());
    }
    // Credentials in a URL are for the client that opens it; they are no part of the host.
    let host = authority.rsplit('@').next().unwrap_or(authority).to_owned();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    Ok(Target { url: text.to_owned(), host, path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_would_be_read_differently_are_refused() {
        assert!(message_id("msg_7c9e-1+/=:'\"").is_ok());
        for bad in ["", " ", "a b", "a.b", "a\n", "a\r\nx: y", "\u{e9}", "\u{7f}", "\0", "a\\b"] {
            assert!(message_id(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_target_is_cut_into_host_and_path() {
        let parts = |text| target(text).map(|target| (target.host, target.path));
        assert_eq!(parts("http://a:1"), Ok(("a:1".to_owned(), "/".to_owned())));
        assert_eq!(parts("https://u:p@a/x?y=1#z"), Ok(("a".to_owned(), "/x?y=1".to_owned())));
        for bad in ["", "/x", "a:1", "ftp://a/", "http://", "http://a/ b", "http://a/\r\nx: y"] {
            assert!(target(bad).is_err(), "{bad:?}");
        }
    }
}
