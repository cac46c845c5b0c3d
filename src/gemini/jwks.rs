//! Fetching a key set.

use std::error::Error;

use super::client::{BodyError, client, read_body};
use crate::error::Failure;
use crate::runtime;

/// Far above any real key set; a longer answer is refused.
const MAX_BYTES: usize = 256 * 1024;

/// The bytes of the key set at `url`, which the user named; never one that a message names.
///
/// # Errors
/// Kind `Remote` where it cannot be fetched, redirects, or is larger than 256 KiB.
pub fn fetch_jwks(url: &str) -> Result<Vec<u8>, Failure> {
    runtime::block_on(async {
        let failed = |error: reqwest::Error| {
            // The innermost source says what happened; the error itself repeats the URL.
            let failure = Failure::remote(format!("cannot fetch the key set {url}"))
                .hint("give a file to --jwks where there is no network, or try again");
            let mut innermost: &(dyn Error + 'static) = &error;
            while let Some(source) = innermost.source() {
                innermost = source;
            }
            failure.because(innermost.to_string())
        };
        let response = client()?.get(url).send().await.map_err(failed)?;
        if !response.status().is_success() {
            let status = response.status();
            let failure = Failure::remote(format!("the key set {url} answered {status}"));
            return Err(if status.is_redirection() {
                failure.hint("redirects are not followed: give the final URL to --jwks")
            } else {
                failure
            });
        }
        let bytes = read_body(response, MAX_BYTES).await.map_err(|error| match error {
            BodyError::TooLarge => {
                Failure::remote(format!("the key set {url} is larger than {MAX_BYTES} bytes"))
            }
            BodyError::Broken(error) => failed(error),
        })?;
        Ok(bytes.to_vec())
    })
}
