//! `gwh jobs config`: each API's own case, and the forms of the SDKs.

use super::assert_ends;
use crate::support::Sandbox;

const URI: [&str; 2] = ["--webhook-uri", "https://example.com/webhook"];
const METADATA: [&str; 2] = ["--user-metadata-json", r#"{"job_group": "nightly", "n": 1e2}"#];

fn config(kind: &str, more: &[&str]) -> String {
    let output = Sandbox::new().run(&[&["jobs", "config", kind], &URI[..], &METADATA[..], more].concat());
    assert_eq!(output.code, 0, "{output:?}");
    output.out().to_owned()
}

#[test]
fn an_interaction_is_in_snake_case_and_the_others_in_camel_case() {
    insta::assert_snapshot!(config("interaction", &[]), @r#"
    {
      "webhook_config": {
        "uris": [
          "https://example.com/webhook"
        ],
        "user_metadata": {
          "job_group": "nightly",
          "n": 1e2
        }
      }
    }
    "#);
    let camel = config("interaction", &[])
        .replace("webhook_config", "webhookConfig")
        .replace("user_metadata", "userMetadata");
    assert_eq!([config("batch", &[]), config("video", &[])], [camel.clone(), camel]);
    assert_eq!(
        config("batch", &["--json"]),
        "{\"type\":\"webhook_config\",\"kind\":\"batch\",\"config\":{\"webhookConfig\":{\"uris\":\
         [\"https://example.com/webhook\"],\"userMetadata\":{\"job_group\":\"nightly\",\"n\":1e2}}}}\n"
    );
}

#[test]
fn the_sdks_get_their_own_words() {
    let more = ["--user-metadata", "ok=true", "--user-metadata", "note=é\"\n"];
    insta::assert_snapshot!(config("batch", &[&more[..], &["--form", "python"]].concat()), @r#"
    config={
        "webhook_config": {
            "uris": [
                "https://example.com/webhook"
            ],
            "user_metadata": {
                "job_group": "nightly",
                "n": 1e2,
                "ok": True,
                "note": "é\"\n"
            }
        }
    },
    "#);
    let python = config("interaction", &["--form", "python"]);
    assert!(python.starts_with("background=True,\nwebhook_config={\n"), "{python}");
    let javascript = config("interaction", &["--form", "javascript"]);
    assert!(javascript.starts_with("background: true,\nwebhook_config: {\n"), "{javascript}");
    assert!(config("video", &["--form", "javascript"]).contains("\"userMetadata\": {"));
}

#[test]
fn what_cannot_be_sent_is_refused_and_the_metadata_may_come_from_anywhere() {
    let sandbox = Sandbox::new();
    sandbox.file("meta.json", "{\"a\":\n 1.0}\n");
    let run = |more: &[&str]| {
        sandbox.run_with(&[&["jobs", "config", "batch", "--json"], more].concat(), "{\"b\":2}")
    };
    assert!(run(&["--user-metadata-json", "@meta.json"]).out().contains(r#"{"userMetadata":{"a":1.0}}"#));
    assert!(run(&["--user-metadata-json", "@-"]).out().contains(r#"{"userMetadata":{"b":2}}"#));
    assert_ends(&run(&[]), 2, "", &["there is nothing to configure"]);
    assert_ends(&run(&["--user-metadata-json", "[1]"]), 2, "", &["--user-metadata-json is no JSON object"]);
    assert_ends(&run(&["--user-metadata-json", "@absent"]), 3, "", &["cannot read absent"]);
    assert_ends(&run(&["--webhook-uri", "example.com"]), 2, "", &["cannot be a webhook's URI"]);
}
