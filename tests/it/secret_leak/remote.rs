//! The runs of the commands that call the API, against one that gives everything away in every answer.

use serde_json::json;

use super::cases::Planned;
use super::planted::{API_KEY, Planted};
use crate::support::{ApiReply, ScriptedApi};

/// The id that the API answers to; it refuses whatever names `REFUSED`.
const ID: &str = "planted1";
const REFUSED: &str = "refused1";

/// An API that repeats the key and the secrets wherever there is room for a text.
pub fn chatty_api(planted: &Planted) -> ScriptedApi {
    let (hmac, other) = (planted.hmac.clone(), planted.in_environment.clone());
    ScriptedApi::answering(move |request| {
        let all = format!("{API_KEY} {hmac} {other}");
        let webhook = json!({
            "id": ID, "name": "prod", "uri": "https://example.com/hook", "state": "enabled",
            "subscribed_events": ["batch.succeeded"], "debug": {"said": all}, "create_time": all,
            "signing_secrets": [{"truncated_secret": hmac, "expire_time": other, "secret": other}],
            "new_signing_secret": hmac, "secret": other
        });
        let reply = if request.path.contains(REFUSED) || request.body.contains(REFUSED) {
            let details = json!([{"reason": all}]);
            ApiReply::json(400, json!({"error": {"code": all, "message": all, "details": details}}))
        } else if request.method == "GET" && request.path.ends_with("/webhooks") {
            ApiReply::json(200, json!({"webhooks": [webhook]}))
        } else {
            ApiReply::json(200, webhook)
        };
        reply.header("x-request-id", &all)
    })
}

/// A command with the id that works, with one that is refused, and with a secret where an id belongs.
pub fn by_id(planted: &Planted, command: &str, more: &[&str]) -> Vec<Planned> {
    [ID, "prod", REFUSED, &planted.hmac, API_KEY]
        .map(|id| Planned::new(&[&["webhooks", command, id], more].concat(), ""))
        .into()
}

/// `webhooks create`, with good and bad flags.
pub fn create(planted: &Planted) -> Vec<Planned> {
    let hmac = &planted.hmac;
    [
        ["https://example.com/hook", "batch.succeeded", "prod"],
        ["https://example.com/refused1", "batch.succeeded", "prod"],
        [hmac, "batch.succeeded", "prod"],
        ["https://example.com/hook", "two words", hmac],
    ]
    .map(|[uri, events, name]| {
        Planned::new(&["webhooks", "create", "--uri", uri, "--events", events, "--name", name], "")
    })
    .into()
}

/// `webhooks apply`, with files that are applied, refused and malformed.
pub fn apply(planted: &Planted) -> Vec<Planned> {
    let row = |name: &str, uri: &str| {
        format!("[[webhook]]\nname = \"{name}\"\nuri = \"{uri}\"\nevents = [\"batch.failed\"]\n")
    };
    [
        row("prod", "https://example.com/hook"),
        row("new", "https://example.com/hook"),
        row("new", "https://example.com/refused1"),
        row("new", &planted.hmac),
        format!("secret = \"{}\"\n", planted.hmac),
    ]
    .map(|file| Planned::new(&["webhooks", "apply", "-f", "-"], file))
    .into()
}

/// `keys fetch`, of an API that has no key set, and with secrets where a URL belongs.
pub fn keys_fetch(planted: &Planted) -> Vec<Planned> {
    let urls =
        [planted.hmac.clone(), format!("http://user:{API_KEY}@127.0.0.1:9/"), format!("ftp://{API_KEY}/")];
    let named = urls.iter().map(|url| Planned::new(&["keys", "fetch", url], ""));
    std::iter::once(Planned::new(&["keys", "fetch"], "")).chain(named).collect()
}

/// `login`, with a key, with what is none, and with a key where an argument belongs.
pub fn login(planted: &Planted) -> Vec<Planned> {
    vec![
        Planned::new(&["login"], API_KEY),
        Planned::new(&["login"], format!("{API_KEY} {}", planted.hmac)),
        Planned::new(&["login"], ""),
        Planned::new(&["login", API_KEY], ""),
    ]
}
