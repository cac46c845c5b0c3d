//! `gwh config show`.

use crate::support::Sandbox;

#[test]
fn every_setting_shows_its_default_on_a_fresh_machine() {
    let shown = Sandbox::new().run(&["config", "show"]);
    let wanted = "\
profile = \"default\"
tolerance = \"5m\"
audience = \"\"
listen.host = \"127.0.0.1\"
listen.port = \"8080\"
store.keep = \"30d\"
store.max = \"1GiB\"
trigger.to = \"http://127.0.0.1:8080/\"
secret-store = \"\"
keyring-timeout = \"\"
api-timeout = \"30s\"
";
    assert_eq!((shown.code, shown.out(), shown.err()), (0, wanted, ""));
}

#[test]
fn origin_names_the_flag_the_variable_the_file_or_the_default() {
    let sandbox = Sandbox::new().env("GWH_PORT", "9001").env("GWH_TOLERANCE", "");
    let project = sandbox.file("gwh.toml", "tolerance = \"1m\"\n[listen]\nhost = \"::1\"\nport = 9000\n");
    let shown = sandbox.run(&["config", "show", "--origin", "-p", "work", "--json"]);
    assert_eq!((shown.code, shown.err()), (0, ""));
    let origins: Vec<(String, String, String)> = shown
        .json_lines()
        .iter()
        .map(|line| {
            assert_eq!(line["type"], "setting");
            let text = |name: &str| line[name].as_str().unwrap_or("null").to_owned();
            (text("key"), text("value"), text("origin"))
        })
        .collect();
    let project = project.display().to_string();
    let wanted = [
        ("profile", "work", "flag"),
        ("tolerance", "1m", project.as_str()),
        ("audience", "null", "default"),
        ("listen.host", "::1", project.as_str()),
        ("listen.port", "9001", "environment GWH_PORT"),
        ("store.keep", "30d", "default"),
        ("store.max", "1GiB", "default"),
        ("trigger.to", "http://127.0.0.1:8080/", "default"),
        ("secret-store", "null", "default"),
        ("keyring-timeout", "null", "default"),
        ("api-timeout", "30s", "default"),
    ];
    assert_eq!(origins, wanted.map(|(key, value, origin)| (key.into(), value.into(), origin.into())));
    let human = sandbox.run(&["config", "show", "--origin"]);
    let line = human.out().lines().find(|line| line.starts_with("listen.port")).expect("is listed");
    assert!(line.starts_with("listen.port = \"9001\"") && line.ends_with("environment GWH_PORT"), "{line}");
}

#[test]
fn the_user_file_counts_below_the_project_file_and_a_named_file_replaces_both() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(sandbox.path().join("home/.config/gwh")).expect("makes the folder");
    sandbox.file("home/.config/gwh/config.toml", "audience = \"user\"\ntolerance = \"2m\"\n");
    sandbox.file("gwh.toml", "tolerance = \"1m\"\n");
    sandbox.file("other.toml", "audience = \"other\"\n");
    let values = |args: &[&str]| {
        let shown = sandbox.run(args);
        let lines: Vec<String> = shown.out().lines().skip(1).take(2).map(str::to_owned).collect();
        lines
    };
    assert_eq!(values(&["config", "show"]), ["tolerance = \"1m\"", "audience = \"user\""]);
    let named = ["config", "show", "--config", "other.toml"];
    assert_eq!(values(&named), ["tolerance = \"5m\"", "audience = \"other\""]);
}

#[test]
fn a_bad_file_or_variable_is_a_configuration_error_that_names_it() {
    let refused = |sandbox: &Sandbox, args: &[&str], wanted: &str| {
        let shown = sandbox.run(args);
        assert_eq!((shown.code, shown.out()), (3, ""), "{shown:?}");
        assert!(shown.err().contains(wanted), "{}", shown.err());
    };
    let sandbox = Sandbox::new();
    refused(&sandbox, &["config", "show", "--config", "absent.toml"], "absent.toml");
    sandbox.file("gwh.toml", "tolerence = \"1m\"\n");
    refused(&sandbox, &["config", "show"], "gwh.toml sets tolerence, which is not a setting");
    let sandbox = Sandbox::new().env("GWH_PORT", "many");
    refused(&sandbox, &["config", "show"], "GWH_PORT=\"many\": expected a port from 0 to 65535");
}

#[test]
fn a_setting_that_has_a_default_cannot_be_emptied() {
    let sandbox = Sandbox::new();
    let output = sandbox.run(&["-p", "", "config", "show"]);
    assert_eq!((output.code, output.err()), (2, "error: --profile \"\": must not be empty\n"));
    sandbox.file("gwh.toml", "[listen]\nhost = \"\"\n");
    let output = sandbox.run(&["config", "show"]);
    assert_eq!(output.code, 3);
    assert!(output.err().contains("listen.host = \"\": must not be empty"), "{output:?}");
}

#[test]
fn a_profile_that_is_no_name_is_a_usage_error() {
    let shown = Sandbox::new().run(&["config", "show", "--profile", "../elsewhere"]);
    assert_eq!(shown.code, 2);
    assert!(shown.err().contains("--profile"), "{}", shown.err());
}
