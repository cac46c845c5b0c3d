# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_gwh_global_optspecs
    string join \n json color= q/quiet v/verbose p/profile= secret-store= config= h/help V/version
end

function __fish_gwh_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_gwh_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_gwh_using_subcommand
    set -l cmd (__fish_gwh_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c gwh -n "__fish_gwh_needs_command" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_needs_command" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_needs_command" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_needs_command" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_needs_command" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_needs_command" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_needs_command" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_needs_command" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_needs_command" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "verify" -d 'Say whether a delivery is authentic, and why not'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "sign" -d 'Sign a body as the service would, and print the delivery'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "listen" -d 'Receive deliveries, verify them and show them'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "trigger" -d 'Send a realistic signed sample event to a handler'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "test" -d 'Test a webhook handler and say what it gets wrong, with the fix'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "replay" -d 'Send captured deliveries to a handler again'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "events" -d 'Look back at the deliveries that were received'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "emulator" -d 'Run a local Gemini API for webhooks, for SDKs and for gwh itself'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "demo" -d 'Play the whole story on this machine, with nothing set up'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "webhooks" -d 'Manage the static webhooks of a project'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "jobs" -d 'Start jobs, wait for them and fetch their results'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "secrets" -d 'Work with signing secrets'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "login" -d 'Keep an API key in the secret store'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "logout" -d 'Remove the API key from the secret store'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "keys" -d 'Work with the public keys of dynamic webhooks'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "doctor" -d 'Check key, API, clock, secrets, webhooks and handler, with fixes'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "config" -d 'Look at the configuration'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l at -d 'Judge as of this time: RFC 3339, Unix seconds, or an offset such as -10m' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l jobs -d 'How many threads --jsonl uses [default: one for each core]' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l id -d 'The value of webhook-id' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l timestamp -d 'The value of webhook-timestamp, in Unix seconds' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l signature -d 'The value of webhook-signature' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s H -l header -d 'A header of the delivery (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l headers-file -d 'A file of headers as curl -D writes it; the last block counts' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l secret-file -d 'Read signing secrets from this file, or from stdin for - (repeatable)' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l secret-env -d 'Read signing secrets from this environment variable (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l webhook -d 'Use the stored secrets of this webhook, or local for the test secret (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l jwks -d 'Verify dynamic webhooks with the key set of this file or URL, not the API\'s (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l audience -d 'The audience that a JWT must name [env: GWH_AUDIENCE]' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l tolerance -d 'How far a timestamp may be from now, either way [env: GWH_TOLERANCE] [default: 5m]' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l ignore-timestamp -d 'Do not judge the timestamp; the verdict says so'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l jsonl -d 'Verify a stream of capture records, one a line, with one verdict a line'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l no-jwks -d 'Use no key set: refuse dynamic webhooks that no key given here verifies'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l require-body-binding -d 'Refuse a JWT whose claims do not tie it to the body'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l as -d 'The form to print it in [default: http]' -r -f -a "http\t'A whole HTTP/1.1 request'
headers\t'The header lines, for curl -H @FILE and gwh verify --headers-file'
curl\t'A curl command for a POSIX shell'
httpie\t'An HTTPie command for a POSIX shell'
json\t'A capture record, one line of JSON'
env\t'export lines with the variables of a CGI program'"
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l id -d 'The webhook-id [default: a new one]' -r
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l timestamp -d 'The webhook-timestamp: RFC 3339, Unix seconds, or an offset such as -10m [default: now]' -r
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l scheme -d 'How to sign' -r -f -a "v1\t'HMAC-SHA256, static webhooks'
v1a\t'Ed25519, dynamic webhooks as deployed'
jwt\t'RS256 JSON Web Token, dynamic webhooks as documented'"
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l audience -d 'The audience that the JWT names [env: GWH_AUDIENCE]' -r
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l to -d 'Where the delivery goes, for the forms that name it' -r
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l secret-file -d 'Read signing secrets from this file, or from stdin for - (repeatable)' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l secret-env -d 'Read signing secrets from this environment variable (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l webhook -d 'Use the stored secrets of this webhook, or local for the test secret (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l port -d 'Listen on this port; 0 takes a free one [env: GWH_PORT] [default: 8080]' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l host -d 'Listen on this address [env: GWH_HOST] [default: 127.0.0.1]' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l path -d 'Take deliveries at this path and below' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l max-body -d 'Refuse larger bodies' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s e -l events -d 'Show and forward only these event types; deliveries that do not verify are always shown (repeatable)' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l exclude -d 'Do not show or forward these event types (repeatable)' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l public-url -d 'Have deliveries sent to this URL, which leads here by a tunnel or a proxy: makes a webhook for it, asks for a ping, and deletes it at the end; needs an API key' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s f -l forward-to -d 'Forward what verified to a port, host:port, /path or URL, and answer with its status; with GLOB=, only these event types (repeatable: each delivery goes to all that match)' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s H -l header -d 'Add a header to what is forwarded, or replace one (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l forward-timeout -d 'How long a handler may take to answer; after that the sender gets 504' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l concurrency -d 'How many deliveries may be under way to each target at once; 1 keeps their order' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l cacert -d 'Trust the certificates of this PEM file and what they signed, instead of this machine\'s authorities' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l keep -d 'Delete deliveries that are older [env: GWH_KEEP] [default: 30d]' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l max-store -d 'Delete the oldest deliveries when they take more room [env: GWH_MAX_STORE] [default: 1GiB]' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l tls -d 'Speak https:// with a certificate for localhost that is made on first use and kept in the profile\'s folder' -r -f -a "self-signed\t'Signed with its own key, for this machine'"
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l tls-cert -d 'Speak https:// with the certificate in this PEM file, followed by those that lead to its authority' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l tls-key -d 'The certificate\'s private key: a PEM file, not encrypted' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l until -d 'End once a verified event of this type came' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l count -d 'End once so many verified deliveries came; every attempt counts' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l expect -d 'Count only events with this value at this path of the body (repeatable: all must hold)' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l timeout -d 'End after this time; with exit code 1 if something is waited for' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l ready-file -d 'Write the URL to this file once ready; removed at the end' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l respond -d 'Answer verified deliveries with this status' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l fail-first -d 'Answer only the first N verified deliveries with the status of --respond, or 503, and do not forward them; the rest with 200, or what the handler says' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l delay -d 'Wait this long before answering a verified delivery' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l secret-file -d 'Read signing secrets from this file, or from stdin for - (repeatable)' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l secret-env -d 'Read signing secrets from this environment variable (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l webhook -d 'Use the stored secrets of this webhook, or local for the test secret (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l jwks -d 'Verify dynamic webhooks with the key set of this file or URL, not the API\'s (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l audience -d 'The audience that a JWT must name [env: GWH_AUDIENCE]' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l tolerance -d 'How far a timestamp may be from now, either way [env: GWH_TOLERANCE] [default: 5m]' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l resolve -d 'Ask the API for the job that a verified event names, and show its state, its error and where its results are in a line of their own. Answers never wait for it; needs an API key'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l skip-verify -d 'Do not check the certificates of handlers'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l forward-invalid -d 'Forward deliveries that do not verify, too: whoever reaches this port reaches the handler'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l no-store -d 'Keep nothing: a delivery is acknowledged once it is verified'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l fail-on-invalid -d 'End with exit code 1 at the first delivery that does not verify'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l no-jwks -d 'Use no key set: refuse dynamic webhooks that no key given here verifies'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l require-body-binding -d 'Refuse a JWT whose claims do not tie it to the body'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l to -d 'Where to send to: a port, host:port, /path or URL [env: GWH_TO] [default: http://127.0.0.1:8080/]' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l via-emulator -d 'Have a running gwh emulator send it to the webhooks that are subscribed, signed with their secrets [default URL: $GOOGLE_GEMINI_BASE_URL or http://127.0.0.1:9090]' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l data -d 'Send this body instead of a sample: @FILE, - for stdin, or JSON text; byte for byte unless changed' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l set -d 'Set a value of the body, as data.id=batch_7; a value that is JSON is taken as JSON (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l user-metadata -d 'Add user_metadata, at the top level: where the service puts it is unverified (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s H -l header -d 'Add a header, or replace one that is sent anyway (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l scheme -d 'The signature scheme' -r -f -a "v1\t'HMAC-SHA256, static webhooks'
v1a\t'Ed25519, dynamic webhooks as deployed'
jwt\t'RS256 JSON Web Token, dynamic webhooks as documented'"
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l id -d 'The webhook-id [default: a new one for each delivery]' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l timestamp -d 'The webhook-timestamp; -10m is ten minutes ago [default: now]' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l audience -d 'The audience that a JWT names [env: GWH_AUDIENCE]' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l corrupt -d 'Make exactly one thing wrong, to see the handler refuse' -r -f -a "body\t'One byte of the body is changed after signing; the body stays JSON'
signature\t'One bit of each signature is flipped; its form stays right'
secret\t'Signed with a random secret or key that the handler does not know'
timestamp\t'webhook-timestamp is moved by one second after signing, and is still fresh'
id\t'webhook-id is changed after signing'
header\t'The webhook-signature header is left out'"
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l secret-file -d 'Read signing secrets from this file, or from stdin for - (repeatable)' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l secret-env -d 'Read signing secrets from this environment variable (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l webhook -d 'Use the stored secrets of this webhook, or local for the test secret (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l count -d 'How many deliveries' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l rate -d 'At most so many a second, as 200/s or 90/m [default: as fast as the answers come]' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l concurrency -d 'How many deliveries are under way at once' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l timeout -d 'How long an answer may take' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l expect-status -d 'The status that counts as success: 200, 4xx, …' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l list -d 'List the known event types'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l duplicate -d 'Send each delivery twice, the second time as a retry: the same id, a fresh timestamp'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand test" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand test" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand test" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand test" -l start -d 'Run the handler with this shell command, and end it and everything it started afterwards' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l start-timeout -d 'How long it may take to listen' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l jwks-env -d 'The variable that gets the URL of the key set' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l processed -d 'The file to which a handler that runs already adds the webhook-id of each event it has processed' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand test" -l only -d 'Run only these cases: an id, a part of one up to a dot, or a glob (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l skip -d 'Leave these cases out (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l repeat -d 'Run each case so many times; it passes where it passes every time' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l concurrency -d 'How many cases are under way at once; those that measure time run alone' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l timeout -d 'How long an answer may take before it is given up' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l budget -d 'How long an answer may take where that is what counts' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l scheme -d 'The signature scheme that the handler verifies (repeatable)' -r -f -a "v1\t'HMAC-SHA256, static webhooks'
v1a\t'Ed25519, dynamic webhooks as deployed'
jwt\t'RS256 JSON Web Token, dynamic webhooks as documented'"
complete -c gwh -n "__fish_gwh_using_subcommand test" -l audience -d 'The audience that tokens name [env: GWH_AUDIENCE] [default with --start: gwh-test]' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l jwks-port -d 'Serve the key set for v1a and jwt on this port of 127.0.0.1 [default: a free one]' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l secret-file -d 'Read signing secrets from this file, or from stdin for - (repeatable)' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand test" -l secret-env -d 'Read signing secrets from this environment variable (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l webhook -d 'Use the stored secrets of this webhook, or local for the test secret (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand test" -l format -d 'The form of the report; --json means json' -r -f -a "human\t'A checklist, and what to do about each failure'
json\t'An object a line'
junit\t'JUnit XML'
tap\t'Test Anything Protocol, version 13'"
complete -c gwh -n "__fish_gwh_using_subcommand test" -l fail-on -d 'The least severity that makes the exit code 1' -r -f -a "robustness\t'The handler holds up less well than it should'
correctness\t'Real deliveries get lost, or the handler acts on what it should not'
security\t'Somebody else can make the handler act'"
complete -c gwh -n "__fish_gwh_using_subcommand test" -l save -d 'Keep each exchange in this folder: requests that gwh verify reads, answers, and capture records' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand test" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand test" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand test" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand test" -l stress -d 'Send what ties the handler up, too: connections that hang in the middle of a body'
complete -c gwh -n "__fish_gwh_using_subcommand test" -l list -d 'List the cases and send nothing'
complete -c gwh -n "__fish_gwh_using_subcommand test" -l bail -d 'Stop at the first failure'
complete -c gwh -n "__fish_gwh_using_subcommand test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand test" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand replay" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l file -d 'Send the deliveries of this file: capture records or one raw HTTP request; stdin for -' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l to -d 'Where to send to: a port, host:port, /path or URL [env: GWH_TO] [default: http://127.0.0.1:8080/]' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l scheme -d 'Sign with this scheme [default: the one of the delivery]' -r -f -a "v1\t'HMAC-SHA256, static webhooks'
v1a\t'Ed25519, dynamic webhooks as deployed'
jwt\t'RS256 JSON Web Token, dynamic webhooks as documented'"
complete -c gwh -n "__fish_gwh_using_subcommand replay" -s H -l header -d 'Add a header, or replace one that was captured (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l concurrency -d 'How many deliveries are under way at once; 1 keeps their order' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l timeout -d 'How long an answer may take' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l expect-status -d 'The status that counts as success: 200, 4xx, …' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -s e -l events -d 'Only these event types (repeatable)' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l verdict -d 'Only what verified, or what did not' -r -f -a "valid\t'Verified'
invalid\t'Did not verify'"
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l status -d 'Only what was answered with this status: 503, 5xx, or none for what got no answer' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l since -d 'Only what came at this time or later; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l until -d 'Only what came before this time; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l last -d 'Only the last so many of those' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l secret-file -d 'Read signing secrets from this file, or from stdin for - (repeatable)' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l secret-env -d 'Read signing secrets from this environment variable (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l webhook -d 'Use the stored secrets of this webhook, or local for the test secret (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand replay" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand replay" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l original -d 'Send the original timestamp and signature: a handler must refuse them once they are old'
complete -c gwh -n "__fish_gwh_using_subcommand replay" -l failed -d 'Only what verified and was last answered with something other than 2xx, here or where it was sent on to'
complete -c gwh -n "__fish_gwh_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand replay" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -f -a "list" -d 'List deliveries, the newest last'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -f -a "show" -d 'Show everything that is kept of a delivery, each attempt of it'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -f -a "tail" -d 'Follow the deliveries that a running gwh listen keeps'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -f -a "export" -d 'Write deliveries as capture records, a raw request, curl commands or a HAR file'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -f -a "import" -d 'Read deliveries into the store, from capture records'
complete -c gwh -n "__fish_gwh_using_subcommand events; and not __fish_seen_subcommand_from list show tail export import prune" -f -a "prune" -d 'Delete old deliveries, and give their room back'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -s e -l events -d 'Only these event types (repeatable)' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l verdict -d 'Only what verified, or what did not' -r -f -a "valid\t'Verified'
invalid\t'Did not verify'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l status -d 'Only what was answered with this status: 503, 5xx, or none for what got no answer' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l since -d 'Only what came at this time or later; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l until -d 'Only what came before this time; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l last -d 'Only the last so many of those' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l all -d 'All of them, and not only the last 20'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l failed -d 'Only what verified and was last answered with something other than 2xx, here or where it was sent on to'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l attempt -d 'Only this attempt, from 1' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -s e -l events -d 'Only these event types (repeatable)' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l verdict -d 'Only what verified, or what did not' -r -f -a "valid\t'Verified'
invalid\t'Did not verify'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l status -d 'Only what was answered with this status: 503, 5xx, or none for what got no answer' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l since -d 'Only what came at this time or later; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l until -d 'Only what came before this time; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l last -d 'Only the last so many of those' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l resolve -d 'Ask the API for the job that the event names: its state, its error, and where its results are. Only what verified is followed, and never a URL in it; where there is no answer, a note says why'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l failed -d 'Only what verified and was last answered with something other than 2xx, here or where it was sent on to'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l timeout -d 'End after this time, with exit code 0' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -s e -l events -d 'Only these event types (repeatable)' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l verdict -d 'Only what verified, or what did not' -r -f -a "valid\t'Verified'
invalid\t'Did not verify'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l status -d 'Only what was answered with this status: 503, 5xx, or none for what got no answer' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l since -d 'Only what came at this time or later; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l until -d 'Only what came before this time; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l last -d 'Only the last so many of those' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l failed -d 'Only what verified and was last answered with something other than 2xx, here or where it was sent on to'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l as -d 'The form: jsonl, http (one delivery), curl or har' -r -f -a "jsonl\t'Capture records, one a line'
http\t'A whole HTTP request'
curl\t'A curl command for each'
har\t'An HTTP Archive for the network panel of a browser'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l to -d 'Where curl commands send to: a port, host:port, /path or a URL [env: GWH_TO]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -s o -l output -d 'Write to this file, which is replaced; stdout for -' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -s e -l events -d 'Only these event types (repeatable)' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l verdict -d 'Only what verified, or what did not' -r -f -a "valid\t'Verified'
invalid\t'Did not verify'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l status -d 'Only what was answered with this status: 503, 5xx, or none for what got no answer' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l since -d 'Only what came at this time or later; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l until -d 'Only what came before this time; 1h means an hour ago' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l last -d 'Only the last so many of those' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l failed -d 'Only what verified and was last answered with something other than 2xx, here or where it was sent on to'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from import" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -l older-than -d 'Delete what is older [default: the setting store.keep]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -l max-store -d 'Delete the oldest until no more room is taken [default: the setting store.max]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -l all -d 'Delete every delivery'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Do not ask'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from prune" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l port -d 'Listen on this port; 0 takes a free one' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l host -d 'Listen on this address' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l state -d 'Keep webhooks and their secrets in this file, which only you can read' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l ready-file -d 'Write the URL to this file once ready; removed at the end' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l time-scale -d 'Let retries, and the 24 hours of a rotation, pass so many times faster' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l webhook-errors -d 'The shape of the webhooks resource\'s errors; clients should read both' -r -f -a "string\t'The code is a word, such as invalid_request: as the service\'s webhooks and interactions have it'
status\t'The code is a number and the status a word, such as INVALID_ARGUMENT: as everything else there has it'"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l ping-type -d 'The type of the event that a ping delivers (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l ping-body -d 'Deliver this file as the body of a ping (unverified)' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l retry-first -d 'The delay before the second attempt (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l retry-factor -d 'How many times longer each delay is than the one before (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l retry-longest -d 'The longest delay (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l retry-jitter -d 'How far a delay may be from its length, in percent (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l retry-for -d 'How long a delivery is tried again' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l attempt-timeout -d 'How long a receiver may take to answer, on the real clock (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l disable-after -d 'Disable a webhook after so many deliveries in a row that were given up (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l queue -d 'How many deliveries of one webhook may be under way; further ones are reported and dropped (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l job-delay -d 'How long interactions, batches and videos take, on the real clock' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l file-space -d 'How much memory uploaded files and results may take; the oldest make room' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l dynamic-scheme -d 'How deliveries to the URIs of jobs are signed' -r -f -a "v1a\t'Ed25519, as the live service does'
jwt\t'An RS256 token, as the documentation says'"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l dynamic-audience -d 'The audience that tokens name, with --dynamic-scheme jwt (unverified)' -r
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l user-metadata-at -d 'Where events have the user_metadata of their job (unverified)' -r -f -a "top\t'Beside data'
data\t'In data'
none\t'Nowhere'"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l data-id -d 'How data.id names a batch or a video (unverified)' -r -f -a "bare\t'123, the last part of its name'
name\t'batches/123 or models/…/operations/123, its whole name'"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l result-uri -d 'What output_file_uri and video_uri hold (unverified)' -r -f -a "url\t'The URL that the result can be downloaded from'
name\t'files/…, the name of the file'
gs\t'gs://…, as in the documentation, where nothing can be had from the emulator'"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l video-fields -d 'What points to a video in video.generated (unverified)' -r -f -a "documented\t'output_file_uri and file_name, as the documentation lists them'
cookbook\t'video_uri, as in the cookbook'
articles\t'file_id and video_uri, as in articles'"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l video-interaction -d 'The event of a video that an interaction was asked for (unverified)' -r -f -a "completed\t'interaction.completed'
generated\t'video.generated'"
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l accept-documented-events -d 'Let webhooks subscribe to the event types that only the documentation lists, too'
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l accept-unknown-events -d 'Let webhooks subscribe to event types of any name'
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -l ping-disabled -d 'Deliver pings to webhooks that are not enabled, too (unverified)'
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand emulator" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand demo" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand demo" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand demo" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "create" -d 'Create a webhook and store its signing secret'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "list" -d 'List the webhooks of the project'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "get" -d 'Show a webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "update" -d 'Change a webhook\'s URI, name or events'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "enable" -d 'Turn a webhook\'s deliveries on, also after the service turned them off'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "disable" -d 'Turn a webhook\'s deliveries off; events that happen meanwhile are not delivered'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "delete" -d 'Delete a webhook, and its secret from this machine'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "ping" -d 'Ask the service to send a test delivery to a webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "rotate-secret" -d 'Make a new signing secret for a webhook and store it'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and not __fish_seen_subcommand_from create list get update enable disable delete ping rotate-secret apply" -f -a "apply" -d 'Bring the project\'s webhooks to the state that a file declares'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l uri -d 'Where deliveries go' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s e -l events -d 'The events to deliver, separated by commas' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s n -l name -d 'A name to call it by' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l print-secret -d 'Print the secret, alone on stdout'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l page-size -d 'Ask for this many at a time' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l uri -d 'Where deliveries go from now on' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s n -l name -d 'The name from now on' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s e -l events -d 'All the events to deliver from now on, separated by commas' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l add-event -d 'Events to deliver, too' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l remove-event -d 'Events not to deliver any more' -r -f -a "batch.succeeded\t'a batch is done and its results can be fetched'
batch.failed\t'a batch ended with an error'
batch.expired\t'a batch did not finish in time'
batch.cancelled\t'a batch was cancelled'
interaction.completed\t'a background interaction is done'
interaction.requires_action\t'an interaction waits for a function\'s result'
interaction.failed\t'an interaction ended with an error'
interaction.cancelled\t'an interaction was cancelled'
video.generated\t'a video is ready'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -l timeout -d 'How long to wait' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -l wait -d 'Wait until a running gwh listen has verified a delivery of the webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l revoke -d 'When the previous secret stops signing: after-24h or immediately' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l print-secret -d 'Print the secret, alone on stdout'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -s f -l file -d 'The file, or - for stdin' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -l dry-run -d 'Show what would be done, and do nothing'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -l prune -d 'Delete webhooks that the file does not declare'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -s y -l yes -d 'Do not ask before deleting'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from apply" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -f -a "submit" -d 'Start a job that reports to a webhook, and print its id'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -f -a "get" -d 'Show a job and where its results are'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -f -a "wait" -d 'Wait until a job has ended, and print where its results are'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -f -a "cancel" -d 'Ask the API to end a job'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -f -a "list" -d 'List the batches of the project'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -f -a "download" -d 'Fetch the results of a job'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and not __fish_seen_subcommand_from submit get wait cancel list download config" -f -a "config" -d 'Print the webhook_config of a job, to paste into your own call'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -f -a "interaction" -d 'Start an interaction in the background'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -f -a "batch" -d 'Start a batch of requests'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from submit" -f -a "video" -d 'Start a video operation'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -l kind -d 'Which API the id belongs to, where its form does not tell' -r -f -a "interaction\t'An interaction in the background: v1_…'
batch\t'A batch of requests: batches/…'
video\t'A video operation: models/…/operations/…'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -l kind -d 'Which API the id belongs to, where its form does not tell' -r -f -a "interaction\t'An interaction in the background: v1_…'
batch\t'A batch of requests: batches/…'
video\t'A video operation: models/…/operations/…'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -l timeout -d 'How long to wait [default: 24h]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -l interval -d 'Ask this often, instead of after half a second and then less and less often, up to every 15 s' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from wait" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -l kind -d 'Which API the id belongs to, where its form does not tell' -r -f -a "interaction\t'An interaction in the background: v1_…'
batch\t'A batch of requests: batches/…'
video\t'A video operation: models/…/operations/…'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from cancel" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -l page-size -d 'Ask for this many at a time' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -l limit -d 'Stop after this many' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -s o -l output -d 'Write to this file, into this folder, or to stdout for - [default: a name of its own, in this folder]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -l kind -d 'Which API the id belongs to, where its form does not tell' -r -f -a "interaction\t'An interaction in the background: v1_…'
batch\t'A batch of requests: batches/…'
video\t'A video operation: models/…/operations/…'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -s f -l force -l yes -d 'Replace a file that is there already'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from download" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -l form -d 'The form: the JSON of the call, or the arguments of Google\'s SDK' -r -f -a "json\t'The body of the HTTP call'
python\t'A call of google-genai'
javascript\t'A call of @google/genai'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -l webhook-uri -d 'Report to this URL; without it, to the project\'s registered webhooks (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -l user-metadata -d 'Add a member to the metadata that comes back on each event: JSON where it is JSON, else text (repeatable)' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -l user-metadata-json -d 'The metadata as a JSON object, @FILE or @- for stdin; --user-metadata adds to it' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand jobs; and __fish_seen_subcommand_from config" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -f -a "list" -d 'Show which secrets there are, shortened, and where each is kept'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -f -a "set" -d 'Store a webhook\'s signing secret'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -f -a "get" -d 'Print a signing secret and nothing else'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -f -a "remove" -d 'Remove a webhook\'s secrets from this machine'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -f -a "import" -d 'Store the secrets of a recovery file or of .env lines'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -f -a "exec" -d 'Run a command with a signing secret in its environment'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from list set get remove import exec doctor" -f -a "doctor" -d 'Check the secret store, each finding with its fix'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -l name -d 'The name of a webhook that is given by its id' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -l secret-file -d 'Read the secret from this file, or from stdin for -' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -l secret-env -d 'Read the secret from this environment variable' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -l keep-previous -d 'Keep the secrets so far valid for this long, as in a rotation' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -l all -d 'Print every secret that is live during a rotation, newest first, one a line'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -l force -d 'Take it off the list even where its store cannot be reached'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -l name -d 'The name to store a single .env line under' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from import" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -l webhook -d 'Whose secret: a webhook\'s id or name, or local' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from exec" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from doctor" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand login" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand login" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand login" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand login" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand login" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand login" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand login" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand login" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand logout" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand logout" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand logout" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand logout" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand logout" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand logout" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand logout" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand logout" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand logout" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -f -a "list" -d 'Show the key sets that were fetched, how old they are, and the local test keys'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -f -a "fetch" -d 'Fetch a key set now and show what has changed'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -f -a "generate" -d 'Make fresh test keys in a folder: private halves for signing, and their key set'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from list fetch generate jwks" -f -a "jwks" -d 'Print the public half of the local test keys, or of the keys in files, as a JSON Web Key Set'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from fetch" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -l out -d 'The folder, which is made where there is none; no file in it is replaced' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -l type -d 'Make keys of this type only [default: both]' -r -f -a "ed25519\t'Ed25519, for v1a'
rsa\t'RSA of 2048 bits, for JWTs'"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -l kid -d 'Publish the RSA key with this kid; the tokens that gwh signs with it name none' -r
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from generate" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -l secret-file -d 'Print the public halves of the keys in this file, or on stdin for -, instead (repeatable)' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -l to -d 'The handler to check: a port, host:port, /path or URL [env: GWH_TO]' -r
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -f -a "show" -d 'Show every setting and its value'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l origin -d 'Say where each value comes from: a flag, a variable, a file or the default'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -l color -d 'When to use colour: auto, always or never' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand completions" -l secret-store -d 'Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]' -r -f -a "keyring\t''
file\t''"
complete -c gwh -n "__fish_gwh_using_subcommand completions" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand completions" -l values -d 'Print what a script completes, one a line' -r -f -a "webhooks\t'Names and ids of webhooks'
deliveries\t'Ids of recent deliveries'"
complete -c gwh -n "__fish_gwh_using_subcommand completions" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s h -l help -d 'Print help'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "batch.succeeded" -d 'a batch is done and its results can be fetched'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "batch.failed" -d 'a batch ended with an error'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "batch.expired" -d 'a batch did not finish in time'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "batch.cancelled" -d 'a batch was cancelled'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "interaction.completed" -d 'a background interaction is done'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "interaction.requires_action" -d 'an interaction waits for a function\'s result'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "interaction.failed" -d 'an interaction ended with an error'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "interaction.cancelled" -d 'an interaction was cancelled'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -f -a "video.generated" -d 'a video is ready'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -f -a "bash" -d ''
complete -c gwh -n "__fish_gwh_using_subcommand completions" -f -a "elvish" -d ''
complete -c gwh -n "__fish_gwh_using_subcommand completions" -f -a "fish" -d ''
complete -c gwh -n "__fish_gwh_using_subcommand completions" -f -a "powershell" -d ''
complete -c gwh -n "__fish_gwh_using_subcommand completions" -f -a "zsh" -d ''
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from get" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from update" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from enable" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from disable" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from delete" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from rotate-secret" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from set" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from remove" -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'webhook'
complete -c gwh -n "__fish_gwh_using_subcommand replay" -f -a "(gwh completions --values deliveries 2>/dev/null)" -d 'delivery'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from list" -f -a "(gwh completions --values deliveries 2>/dev/null)" -d 'delivery'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from show" -f -a "(gwh completions --values deliveries 2>/dev/null)" -d 'delivery'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from tail" -f -a "(gwh completions --values deliveries 2>/dev/null)" -d 'delivery'
complete -c gwh -n "__fish_gwh_using_subcommand events; and __fish_seen_subcommand_from export" -f -a "(gwh completions --values deliveries 2>/dev/null)" -d 'delivery'
complete -c gwh -l webhook -r -f -a "(gwh completions --values webhooks 2>/dev/null)" -d 'a webhook whose secrets are stored'
