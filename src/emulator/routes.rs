//! From a method and a path to what is meant.

use hyper::Method;

use super::error::Shape;

mod jobs;

pub use jobs::{BatchCall, FileCall, InteractionCall, ModelCall, OperationCall};

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A call of the webhooks resource.
    Webhooks(Call),
    /// A call of the interactions resource.
    Interactions(InteractionCall),
    /// A job that a model is asked for.
    Models(ModelCall),
    /// A call about a video's operation.
    Operations(OperationCall),
    /// A call of the batches resource.
    Batches(BatchCall),
    /// A call of the files resource.
    Files(FileCall),
    /// The beginning or a piece of an upload; its URL alone opens the pieces.
    Upload,
    /// The published keys.
    Jwks,
    /// The emulator's own, which the service does not have.
    Control(Control),
    /// Nothing that is here, with the shape of errors that is due for its path.
    Unknown(Shape),
}

/// A call of the webhooks resource; the text is the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Make one.
    Create,
    /// Show a page of them.
    List,
    /// Show one.
    Get(String),
    /// Change one.
    Update(String),
    /// Remove one.
    Delete(String),
    /// Send it an event at once.
    Ping(String),
    /// Make it a new secret.
    Rotate(String),
}

/// What the emulator does of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// Emit the event in the body.
    Emit,
    /// Show what became of an event, or of all.
    Deliveries(Option<String>),
    /// Sign dynamic deliveries with another key from now on.
    RotateKeys,
    /// Whether it runs.
    Health,
}

impl Route {
    /// The route of a method and decoded path segments.
    pub fn of(method: &Method, segments: &[String]) -> Self {
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["v1" | "v1beta" | "v1alpha", "webhooks", rest @ ..] => match webhooks(method, rest) {
                Some(call) => Route::Webhooks(call),
                None => Route::Unknown(Shape::String),
            },
            ["v1" | "v1beta" | "v1alpha", "interactions", rest @ ..] => {
                jobs::interactions(method, rest).unwrap_or(Route::Unknown(Shape::String))
            }
            ["v1" | "v1beta" | "v1alpha", family, rest @ ..] => {
                jobs::of(method, family, rest).unwrap_or(Route::Unknown(Shape::Status))
            }
            ["upload", "v1" | "v1beta" | "v1alpha", "files"]
                if *method == Method::POST || *method == Method::PUT =>
            {
                Route::Upload
            }
            ["download", "v1" | "v1beta" | "v1alpha", "files", rest @ ..] => {
                jobs::of(method, "files", rest).unwrap_or(Route::Unknown(Shape::Status))
            }
            [".well-known", "jwks.json"] if *method == Method::GET => Route::Jwks,
            ["emulator", "v1", rest @ ..] => match control(method, rest) {
                Some(control) => Route::Control(control),
                None => Route::Unknown(Shape::Status),
            },
            ["healthz"] if *method == Method::GET => Route::Control(Control::Health),
            _ => Route::Unknown(Shape::Status),
        }
    }
}

fn webhooks(method: &Method, rest: &[&str]) -> Option<Call> {
    match (method, rest) {
        (&Method::POST, []) => Some(Call::Create),
        (&Method::GET, []) => Some(Call::List),
        (&Method::POST, [one]) => match one.split_once(':')? {
            (id, "ping") => Some(Call::Ping(id.to_owned())),
            (id, "rotateSigningSecret") => Some(Call::Rotate(id.to_owned())),
            _ => None,
        },
        (&Method::GET, [id]) => Some(Call::Get((*id).to_owned())),
        (&Method::PATCH, [id]) => Some(Call::Update((*id).to_owned())),
        (&Method::DELETE, [id]) => Some(Call::Delete((*id).to_owned())),
        _ => None,
    }
}

fn control(method: &Method, rest: &[&str]) -> Option<Control> {
    match (method, rest) {
        (&Method::POST, ["events"]) => Some(Control::Emit),
        (&Method::POST, ["keys:rotate"]) => Some(Control::RotateKeys),
        (&Method::GET, ["deliveries"]) => Some(Control::Deliveries(None)),
        (&Method::GET, ["deliveries", id]) => Some(Control::Deliveries(Some((*id).to_owned()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::target::Target;

    /// The route of a request line's method and target.
    pub(super) fn route(method: &str, path: &str) -> Route {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Route::of(&method, &Target::parse(path, None).segments)
    }

    #[test]
    fn every_version_and_both_forms_of_the_colon_lead_to_the_call() {
        for version in ["v1", "v1beta", "v1alpha"] {
            let path = |rest: &str| format!("/{version}/webhooks{rest}");
            assert_eq!(route("POST", &path("")), Route::Webhooks(Call::Create));
            assert_eq!(route("GET", &path("")), Route::Webhooks(Call::List));
            assert_eq!(route("PATCH", &path("/a")), Route::Webhooks(Call::Update("a".to_owned())));
            assert_eq!(route("POST", &path("/a:ping")), Route::Webhooks(Call::Ping("a".to_owned())));
            let rotate = Route::Webhooks(Call::Rotate("a".to_owned()));
            assert_eq!(route("POST", &path("/a%3ArotateSigningSecret")), rotate);
        }
    }

    #[test]
    fn what_is_not_here_has_the_shape_of_its_family() {
        assert_eq!(route("POST", "/v1/webhooks/a/rotate_secret"), Route::Unknown(Shape::String));
        assert_eq!(route("PUT", "/v1beta/interactions"), Route::Unknown(Shape::String));
        assert_eq!(route("PUT", "/v1/batches/1"), Route::Unknown(Shape::Status));
        assert_eq!(route("GET", "/v2/webhooks"), Route::Unknown(Shape::Status));
        assert_eq!(route("GET", "/"), Route::Unknown(Shape::Status));
    }
}
