//! The routes of jobs and files.

use hyper::Method;

use super::Route;

/// A call of the interactions resource; the text is the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InteractionCall {
    /// Start one.
    Create,
    /// Show one.
    Get(String),
    /// End one early.
    Cancel(String),
    /// Forget one.
    Delete(String),
}

/// A job that the model of this name is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelCall {
    /// A batch of requests.
    Batch(String),
    /// A batch of texts to embed.
    Embed(String),
    /// A video.
    Video(String),
}

/// A call about an operation; the text is its whole name, `models/…/operations/…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationCall {
    /// Show it.
    Get(String),
    /// End it early.
    Cancel(String),
}

/// A call of the batches resource; the text is the whole name, `batches/…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchCall {
    /// Show a page of them.
    List,
    /// Show one.
    Get(String),
    /// End one early.
    Cancel(String),
    /// Forget one.
    Delete(String),
}

/// A call of the files resource; the text is the id, without `files/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileCall {
    /// Show a page of them.
    List,
    /// Show one.
    Get(String),
    /// The content of one.
    Download(String),
    /// Forget one.
    Delete(String),
}

/// The route below `interactions`.
pub fn interactions(method: &Method, rest: &[&str]) -> Option<Route> {
    let call = match (method, rest) {
        (&Method::POST, []) => InteractionCall::Create,
        (&Method::GET, [id]) => InteractionCall::Get((*id).to_owned()),
        (&Method::POST, [id, "cancel"]) => InteractionCall::Cancel((*id).to_owned()),
        (&Method::DELETE, [id]) => InteractionCall::Delete((*id).to_owned()),
        _ => return None,
    };
    Some(Route::Interactions(call))
}

/// The route below a family whose errors are google.rpc.Status.
pub fn of(method: &Method, family: &str, rest: &[&str]) -> Option<Route> {
    match family {
        "models" => models(method, rest),
        "batches" => batches(method, rest).map(Route::Batches),
        "files" => files(method, rest).map(Route::Files),
        _ => None,
    }
}

fn models(method: &Method, rest: &[&str]) -> Option<Route> {
    match (method, rest) {
        (&Method::POST, [one]) => match one.rsplit_once(':')? {
            (model, "batchGenerateContent") => Some(Route::Models(ModelCall::Batch(model.to_owned()))),
            (model, "asyncBatchEmbedContent") => Some(Route::Models(ModelCall::Embed(model.to_owned()))),
            (model, "predictLongRunning") => Some(Route::Models(ModelCall::Video(model.to_owned()))),
            _ => None,
        },
        (&Method::GET, [model, "operations", id]) => {
            Some(Route::Operations(OperationCall::Get(format!("models/{model}/operations/{id}"))))
        }
        (&Method::POST, [model, "operations", one]) => {
            let id = one.strip_suffix(":cancel")?;
            Some(Route::Operations(OperationCall::Cancel(format!("models/{model}/operations/{id}"))))
        }
        _ => None,
    }
}

fn batches(method: &Method, rest: &[&str]) -> Option<BatchCall> {
    match (method, rest) {
        (&Method::GET, []) => Some(BatchCall::List),
        (&Method::GET, [id]) => Some(BatchCall::Get(format!("batches/{id}"))),
        (&Method::POST, [one]) => {
            one.strip_suffix(":cancel").map(|id| BatchCall::Cancel(format!("batches/{id}")))
        }
        (&Method::DELETE, [id]) => Some(BatchCall::Delete(format!("batches/{id}"))),
        _ => None,
    }
}

fn files(method: &Method, rest: &[&str]) -> Option<FileCall> {
    match (method, rest) {
        (&Method::GET, []) => Some(FileCall::List),
        (&Method::GET, [one]) => Some(match one.strip_suffix(":download") {
            Some(id) => FileCall::Download(id.to_owned()),
            None => FileCall::Get((*one).to_owned()),
        }),
        (&Method::DELETE, [id]) => Some(FileCall::Delete((*id).to_owned())),
        // The SDKs take the id out of a video's URL only where that is https, as the service's is; any
        // other URL they put into the path as it stands.
        (&Method::GET, ["http:", .., "files", one]) => {
            one.strip_suffix(":download").map(|id| FileCall::Download(id.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::routes::tests::route;

    #[test]
    fn jobs_and_files_have_their_routes_in_every_version() {
        for version in ["v1", "v1beta", "v1alpha"] {
            let of = |method: &str, rest: &str| route(method, &format!("/{version}/{rest}"));
            let id = || "a".to_owned();
            assert_eq!(of("POST", "interactions"), Route::Interactions(InteractionCall::Create));
            assert_eq!(
                of("POST", "interactions/a/cancel"),
                Route::Interactions(InteractionCall::Cancel(id()))
            );
            let model = || "gemini-3".to_owned();
            let batch = Route::Models(ModelCall::Batch(model()));
            assert_eq!(of("POST", "models/gemini-3:batchGenerateContent"), batch);
            let embed = Route::Models(ModelCall::Embed(model()));
            assert_eq!(of("POST", "models/gemini-3%3AasyncBatchEmbedContent"), embed);
            assert_eq!(
                of("POST", "models/veo:predictLongRunning"),
                Route::Models(ModelCall::Video("veo".to_owned()))
            );
            let operation = "models/veo/operations/a".to_owned();
            assert_eq!(of("GET", &operation), Route::Operations(OperationCall::Get(operation.clone())));
            assert_eq!(
                of("POST", "batches/a:cancel"),
                Route::Batches(BatchCall::Cancel("batches/a".to_owned()))
            );
            assert_eq!(of("GET", "files/a:download"), Route::Files(FileCall::Download(id())));
            assert_eq!(of("DELETE", "files/a"), Route::Files(FileCall::Delete(id())));
        }
        let download = Route::Files(FileCall::Download("a".to_owned()));
        assert_eq!(route("GET", "/download/v1beta/files/a:download"), download.clone());
        let of_url = "/v1beta/files/http://127.0.0.1:9090/v1beta/files/a:download";
        assert_eq!(route("GET", of_url), download);
        assert_eq!(route("POST", "/upload/v1beta/files"), Route::Upload);
    }
}
