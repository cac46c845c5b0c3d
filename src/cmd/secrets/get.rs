//! `gwh secrets get`.

use clap::Args;

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Print a signing secret and nothing else
///
/// `local` is the test secret that `gwh trigger` signs with and `gwh listen` verifies with when
/// nothing else is configured.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  WEBHOOK_SIGNING_SECRET=$(gwh secrets get local) npm start")]
pub struct Get {
    /// The name of the secret
    #[arg(value_name = "NAME", default_value = crate::secrets::LOCAL)]
    name: String,
}

/// Prints the secret.
///
/// # Errors
/// Kind `Configuration` where there is no such secret or it cannot be read.
pub fn run(args: Get, session: &Session) -> Result<Exit, Failure> {
    if args.name != crate::secrets::LOCAL {
        return Err(Failure::configuration(format!("there is no secret named {:?}", args.name))
            .hint("run gwh secrets get local for the test secret of this machine"));
    }
    let named = session.local_identity()?.secret()?;
    session.ui.line(named.secret.expose())?;
    Ok(Exit::Done)
}
