//! The files of `gwh listen --tls-cert --tls-key`: those that work, and what is said of the others.

use rcgen::{
    CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SignatureAlgorithm, date_time_ymd,
};

use crate::support::tls::connect;
use crate::support::{Output, Sandbox};

/// A key and its certificate for 127.0.0.1 until the end of `year`, in PEM form.
fn pair(algorithm: &'static SignatureAlgorithm, year: i32) -> (String, String) {
    let key = KeyPair::generate_for(algorithm).expect("makes a key");
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("is a name");
    params.not_after = date_time_ymd(year, 12, 31);
    let certificate = params.self_signed(&key).expect("signs");
    (key.serialize_pem(), certificate.pem())
}

/// A sandbox with `key.pem` and `cert.pem`, a pair, and `other.pem`, another certificate.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new().with_real_clock();
    let (key, certificate) = pair(&PKCS_ECDSA_P384_SHA384, 4000);
    private(&sandbox, "key.pem", &key);
    sandbox.file("cert.pem", &certificate);
    sandbox.file("other.pem", pair(&PKCS_ED25519, 4000).1);
    sandbox
}

/// A file that only the user may read.
fn private(sandbox: &Sandbox, name: &str, text: &str) {
    let path = sandbox.file(name, text);
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("sets a mode");
    #[cfg(not(unix))]
    drop(path);
}

fn listen(sandbox: &Sandbox, certificate: &str, key: &str) -> Output {
    sandbox.run(&["listen", "--port", "0", "--timeout", "1ms", "--tls-cert", certificate, "--tls-key", key])
}

/// The warnings of a run that speaks TLS with these files.
fn warnings(sandbox: &Sandbox, certificate: &str, key: &str) -> Vec<String> {
    let output = listen(sandbox, certificate, key);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.err().contains("Ready on https://127.0.0.1:"), "{output:?}");
    output.err().lines().filter_map(|line| line.strip_prefix("warning: ")).map(str::to_owned).collect()
}

#[test]
fn the_users_certificate_is_shown() {
    let sandbox = sandbox();
    let read = |name| std::fs::read_to_string(sandbox.path().join(name)).expect("reads");
    private(&sandbox, "both.pem", &format!("{}{}", read("cert.pem"), read("key.pem")));
    sandbox.file("chain.pem", format!("a note\n{}{}", read("cert.pem"), read("other.pem")));
    for (certificate, key) in [("cert.pem", "key.pem"), ("both.pem", "both.pem"), ("chain.pem", "key.pem")] {
        let flags = ["listen", "--port", "0", "--json", "--tls-cert", certificate, "--tls-key", key];
        let running = sandbox.start(&flags);
        let mut client = connect(&running.ready_url(), &sandbox.path().join("cert.pem"));
        client.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
        assert_eq!(client.answer().status, 200, "{certificate}");
        let output = running.stop();
        let shown = sandbox.path().join(certificate).display().to_string();
        assert_eq!((&output.json_lines()[0]["certificate"], output.err()), (&shown.into(), ""));
    }
    assert!(!sandbox.path().join("home/.local/share/gwh/profiles/default/tls").exists(), "none is made");
}

#[test]
fn files_that_cannot_be_used_are_named_with_what_was_expected() {
    let sandbox = sandbox();
    let read = |name| std::fs::read_to_string(sandbox.path().join(name)).expect("reads");
    let (certificate, key) = (read("cert.pem"), read("key.pem"));
    let wrap = |label: &str, text: &str| format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
    sandbox.file("empty.pem", " \n");
    sandbox.file("text.pem", "hello");
    sandbox.file("der.pem", [0x30, 0x82, 0x01, 0xff, 0x00]);
    sandbox.file("encrypted.pem", wrap("ENCRYPTED PRIVATE KEY", "AAAA"));
    sandbox.file("old.pem", wrap("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nAAAA"));
    sandbox.file("request.pem", wrap("CERTIFICATE REQUEST", "AAAA"));
    sandbox.file("public.pem", wrap("PUBLIC KEY", "AAAA"));
    sandbox.file("no-key.pem", wrap("PRIVATE KEY", "AAAA"));
    sandbox.file("no-cert.pem", wrap("CERTIFICATE", "AAAA"));
    sandbox.file("cut.pem", &certificate[..certificate.len() / 2]);
    sandbox.file("bad-key.pem", key.replacen('M', "!", 1));
    sandbox.file("order.pem", format!("{}{certificate}", read("other.pem")));
    sandbox.file("large.pem", "x".repeat(1024 * 1024 + 1));
    let cases = [
        ("none.pem", "key.pem", "cannot read the certificate none.pem: "),
        ("cert.pem", "none.pem", "cannot read the private key none.pem: "),
        ("large.pem", "key.pem", "cannot read the certificate large.pem: it is larger than 1 MiB\n"),
        ("empty.pem", "key.pem", "empty.pem holds no certificate in PEM form: it is empty\n"),
        ("text.pem", "key.pem", "text.pem holds no certificate in PEM form\n"),
        ("der.pem", "key.pem", "der.pem holds no certificate in PEM form: it looks like DER or PKCS #12\n"),
        ("key.pem", "key.pem", "key.pem holds no certificate in PEM form, but a private key\n"),
        ("encrypted.pem", "key.pem", "encrypted.pem holds no certificate in PEM form, but a private key\n"),
        ("request.pem", "key.pem", "request.pem holds no certificate in PEM form, but a request for one\n"),
        ("cut.pem", "key.pem", "the PEM text of cut.pem is damaged\n"),
        ("no-cert.pem", "key.pem", "the certificate no-cert.pem cannot be used: expected an X.509 "),
        ("cert.pem", "cert.pem", "cert.pem holds no private key in PEM form, but a certificate\n"),
        ("cert.pem", "public.pem", "public.pem holds no private key in PEM form, but a public key\n"),
        ("cert.pem", "encrypted.pem", "the private key encrypted.pem is encrypted, and there is nobody"),
        ("cert.pem", "old.pem", "the private key old.pem is encrypted, and there is nobody"),
        ("cert.pem", "bad-key.pem", "the PEM text of bad-key.pem is damaged\n"),
        ("cert.pem", "no-key.pem", "the private key no-key.pem cannot be used: expected an RSA key of"),
        ("other.pem", "key.pem", "the private key key.pem does not belong to the certificate other.pem\n"),
        ("order.pem", "key.pem", "the private key belongs to certificate 2 of order.pem: the server's own"),
    ];
    for (certificate, key, message) in cases {
        let output = listen(&sandbox, certificate, key);
        assert_eq!((output.code, output.out()), (3, ""), "{output:?}");
        assert!(output.err().starts_with(&format!("error: {message}")), "{message}: {output:?}");
        assert!(output.err().contains("\n  hint: "), "{output:?}");
        assert!(!output.err().contains("-----"), "{output:?}");
    }
}

#[test]
fn flags_that_do_not_go_together_are_usage_errors() {
    let sandbox = sandbox();
    for flags in [
        &["--tls-cert", "cert.pem"][..],
        &["--tls-key", "key.pem"],
        &["--tls", "self-signed", "--tls-cert", "cert.pem", "--tls-key", "key.pem"],
        &["--tls", "something"],
    ] {
        assert_eq!(sandbox.run(&[&["listen"], flags].concat()).code, 2, "{flags:?}");
    }
}

#[test]
fn what_clients_will_refuse_is_warned_about() {
    let sandbox = sandbox();
    let (key, certificate) = pair(&PKCS_ECDSA_P384_SHA384, 2020);
    private(&sandbox, "ended-key.pem", &key);
    sandbox.file("ended.pem", certificate);
    assert_eq!(warnings(&sandbox, "cert.pem", "key.pem"), Vec::<String>::new());
    assert_eq!(
        warnings(&sandbox, "ended.pem", "ended-key.pem"),
        ["the certificate ended.pem expired at 2020-12-31T00:00:00.000Z: clients will refuse it"]
    );
    let before = sandbox.at(0);
    assert_eq!(
        warnings(&before, "cert.pem", "key.pem"),
        ["the certificate cert.pem is valid only from 1975-01-01T00:00:00.000Z: clients will refuse it"]
    );
}

#[cfg(unix)]
#[test]
fn a_key_that_everybody_may_read_is_warned_about_and_one_of_a_group_is_not() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = sandbox();
    for (mode, said) in [(0o604, true), (0o640, false), (0o600, false)] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(sandbox.path().join("key.pem"), permissions).expect("sets a mode");
        let warnings = warnings(&sandbox, "cert.pem", "key.pem");
        let expected = "every user of this machine may read or change the private key key.pem";
        assert_eq!(warnings, vec![expected; usize::from(said)], "{mode:o}");
    }
}
