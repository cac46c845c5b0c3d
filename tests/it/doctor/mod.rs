//! `gwh doctor`.

mod api;
mod handler;
mod webhooks;

use serde_json::{Value, json};

use crate::support::{API_KEY, ApiReply, Output, Receiver, Sandbox, ScriptedApi};

const SECRET: &str = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB";
/// [`NOW`] as the API writes it.
const DATE: &str = "Thu, 22 Jan 2026 12:00:00 GMT";
/// What is found of the secret store of a sandbox that keeps secrets in files.
const STORE: [&str; 2] = [
    "✓ store            file: chosen by environment GWH_SECRET_STORE",
    "✓ file             writes, reads back and deletes",
];

/// Runs the command; it never shows the key or a secret.
fn doctor(sandbox: &Sandbox, args: &[&str]) -> Output {
    let output = sandbox.run(&[&["doctor"], args].concat());
    for text in [output.out(), output.err()] {
        assert!(!text.contains(API_KEY) && !text.contains(&SECRET["whsec_".len()..]), "{output:?}");
    }
    output
}

/// The lines of stdout, with every length of time as `Nms`.
fn lines(output: &Output) -> Vec<String> {
    let timed = |word: &str| {
        let end = word.find("ms").unwrap_or(0);
        end > 0 && word[..end].bytes().all(|byte| byte.is_ascii_digit())
    };
    let line = |line: &str| {
        let words = line.split(' ').map(|word| match timed(word) {
            true => word.trim_start_matches(|digit: char| digit.is_ascii_digit()).replacen("ms", "Nms", 1),
            false => word.to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    };
    output.out().lines().map(line).collect()
}

/// The line of the finding about `subject` without its mark and subject, and its fixes; none where there is no such
/// finding.
fn about(output: &Output, subject: &str) -> Vec<String> {
    let all = lines(output);
    let subject = format!("{subject:<16} ");
    let detail = |line: &String| {
        let mark = line.strip_prefix("✓ ").map(|rest| ("ok: ", rest));
        let (mark, rest) = mark.or_else(|| line.strip_prefix("✗ ").map(|rest| ("not ok: ", rest)))?;
        Some(format!("{mark}{}", rest.strip_prefix(subject.as_str())?))
    };
    let Some(start) = all.iter().position(|line| detail(line).is_some()) else { return Vec::new() };
    let fixes = all[start + 1..].iter().map_while(|line| line.strip_prefix("  fix: ").map(str::to_owned));
    detail(&all[start]).into_iter().chain(fixes).collect()
}

fn webhook(id: &str, name: &str, state: &str) -> Value {
    json!({"id": id, "name": name, "uri": "https://example.com/hook", "state": state,
        "subscribed_events": ["batch.succeeded"], "signing_secrets": [{"truncated_secret": "whsec_...QUFB"}]})
}

/// An API that lists these webhooks, and whose clock shows [`NOW`].
fn listing(webhooks: &[Value]) -> ScriptedApi {
    let body = json!({"webhooks": webhooks});
    ScriptedApi::answering(move |_| ApiReply::json(200, body.clone()).header("date", DATE))
}

/// Stores [`SECRET`] as that of a webhook.
fn store(sandbox: &Sandbox, id: &str, name: &str) {
    let output = sandbox.run_with(&["secrets", "set", id, "--name", name], SECRET);
    assert_eq!(output.code, 0, "{output:?}");
}

#[test]
fn all_is_well_with_a_webhook_that_gwh_has_created() {
    let (_emulator, sandbox) = Sandbox::emulated(&[]);
    let create = ["webhooks", "create", "--uri", "https://example.com/", "--events", "batch.succeeded"];
    assert_eq!(sandbox.run(&[&create[..], &["--name", "prod"]].concat()).code, 0);
    let handler = Receiver::answering(401);
    let output = doctor(&sandbox, &["--to", &handler.url("/hook?token=planted")]);
    let mut found = lines(&output);
    // The emulator's clock is this machine's, whose seconds may pass in between.
    assert!(found[2].starts_with("✓ clock            "), "{output:?}");
    let api = found.remove(1);
    assert!(api.starts_with("✓ api              http://127.0.0.1:"), "{api}");
    assert!(api.ends_with("/: 1 webhook, listed in Nms"), "{api}");
    found.remove(1);
    let refuses = format!(
        "✓ handler          {} refuses a delivery that nobody signed (401, Nms)",
        handler.url("/hook?token=[redacted]")
    );
    let expected = [
        "✓ api key          from GEMINI_API_KEY",
        STORE[0],
        STORE[1],
        "✓ webhook prod     enabled; 1 secret in the file store; it signs now",
        &refuses,
    ];
    assert_eq!((output.code, output.err(), found), (0, "", expected.map(str::to_owned).to_vec()));
    let sent = handler.only();
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/hook?token=planted"));
    assert!(sent.values("webhook-signature").is_empty() && !sent.header("webhook-id").is_empty());
}

#[test]
fn without_a_key_the_rest_is_checked_all_the_same() {
    let api = listing(&[]);
    let sandbox = Sandbox::new().env("GOOGLE_GEMINI_BASE_URL", &api.url()).env("GWH_SECRET_STORE", "file");
    store(&sandbox, "8k2f7d", "prod");
    let output = doctor(&sandbox, &[]);
    let expected = [
        "✗ api key          there is no API key: neither GOOGLE_API_KEY nor GEMINI_API_KEY is set, and none is \
         stored; the API, the clock and the state of webhooks are not checked without one",
        "  fix: set GEMINI_API_KEY to a key from https://aistudio.google.com/apikey",
        "  fix: or run gwh login to keep one in the keyring",
        "  fix: no key is needed for gwh emulator, which takes any: set GOOGLE_GEMINI_BASE_URL to its address",
        STORE[0],
        STORE[1],
        "✓ webhook prod     1 secret in the file store",
    ];
    assert_eq!((output.code, lines(&output)), (1, expected.map(str::to_owned).to_vec()));
    assert_eq!(output.err(), "give --to URL to check a handler, too\n");
    assert_eq!(api.lines(), Vec::<String>::new());
}

#[test]
fn json_has_one_object_for_each_finding() {
    let api = listing(&[webhook("8k2f7d", "prod", "disabled")]);
    let output = doctor(&api.sandbox(), &["--json"]);
    let found = output.json_lines();
    let subjects: Vec<&str> = found.iter().map(|line| line["subject"].as_str().expect("a text")).collect();
    assert_eq!(subjects, ["api key", "api", "clock", "store", "file", "webhook prod"]);
    assert_eq!(
        found[5],
        json!({"type": "check", "subject": "webhook prod", "ok": false,
            "detail": "disabled; no secret of it is here",
            "fixes": ["run gwh webhooks enable 8k2f7d to have it deliver again",
                "run gwh webhooks rotate-secret 8k2f7d for a new one, or gwh secrets set 8k2f7d if you have it"]})
    );
    let well = json!({"type": "check", "subject": "api key", "ok": true, "detail": "from GEMINI_API_KEY", "fixes": []});
    assert_eq!((output.code, output.err(), &found[0]), (1, "", &well));
}

#[test]
fn what_is_wrong_with_the_secret_store_is_found_as_by_its_own_doctor() {
    let api = listing(&[webhook("8k2f7d", "prod", "enabled")]);
    let sandbox = api.sandbox();
    store(&sandbox, "8k2f7d", "prod");
    let profile = sandbox.path().join("home/.local/share/gwh/profiles/default");
    std::fs::write(profile.join("secrets/stray.json"), "{}").expect("writes");
    let own = |output: Output| about(&output, "leftover");
    let found = own(doctor(&sandbox, &[]));
    assert_eq!((found.len(), &found), (2, &own(sandbox.run(&["secrets", "doctor"]))));

    std::fs::write(profile.join("webhooks.json"), "{").expect("writes");
    let output = doctor(&sandbox, &[]);
    assert!(about(&output, "list of secrets")[1].contains("gwh secrets import"), "{output:?}");
    assert_eq!(about(&output, "webhook prod"), ["ok: enabled"], "nothing is said of what cannot be known");
    assert_eq!(output.code, 1);
}
