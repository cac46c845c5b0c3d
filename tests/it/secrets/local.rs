//! The local test secret, which `gwh secrets get` makes.

use gwh::signature::Secret;

use crate::support::Sandbox;

#[test]
fn get_makes_the_local_secret_once_and_prints_it_alone() {
    let sandbox = Sandbox::new();
    let first = sandbox.run(&["secrets", "get", "local"]);
    assert_eq!((first.code, first.err()), (0, ""));
    let text = first.out().strip_suffix('\n').expect("ends with one newline");
    assert!(text.starts_with("whsec_") && Secret::parse(text).is_ok());
    for args in [&["secrets", "get"][..], &["secrets", "get", "--json"], &["-v", "secrets", "get", "local"]] {
        assert_eq!(sandbox.run(args).out(), first.out(), "{args:?} prints the secret and nothing else");
    }
}

#[test]
fn each_profile_has_a_secret_of_its_own() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path().join("home/.local/share/gwh/profiles");
    sandbox.run(&["secrets", "get"]);
    sandbox.run(&["secrets", "get", "-p", "work"]);
    for profile in ["default", "work"] {
        assert!(folder.join(profile).join("test-secret").is_file(), "{profile} has a file");
    }
}

#[test]
fn the_data_folder_can_be_chosen() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path().join("elsewhere");
    let sandbox = sandbox.env("GWH_DATA_DIR", &folder.display().to_string());
    assert_eq!(sandbox.run(&["secrets", "get"]).code, 0);
    assert!(folder.join("profiles/default/test-secret").is_file());
    assert!(!sandbox.path().join("home/.local").exists());
}

#[test]
fn an_unknown_name_is_a_configuration_error_with_the_next_step() {
    let refused = Sandbox::new().run(&["secrets", "get", "prod"]);
    assert_eq!((refused.code, refused.out()), (3, ""));
    assert_eq!(
        refused.err(),
        "error: no secret of a webhook \"prod\" is stored\n  hint: run gwh secrets list to see what is\n  \
         hint: run gwh secrets set prod to store one\n"
    );
}

#[test]
fn a_damaged_file_is_named_and_not_quoted() {
    let sandbox = Sandbox::new();
    sandbox.run(&["secrets", "get"]);
    sandbox.file("home/.local/share/gwh/profiles/default/test-secret", "whsec_not/base64/at/all!");
    let refused = sandbox.run(&["secrets", "get"]);
    assert_eq!((refused.code, refused.out()), (3, ""));
    assert!(refused.err().contains("test-secret is damaged") && !refused.err().contains("not/base64"));
}
