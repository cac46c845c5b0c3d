# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_gwh_global_optspecs
    string join \n json color= q/quiet v/verbose p/profile= config= h/help V/version
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

complete -c gwh -n "__fish_gwh_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_needs_command" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_needs_command" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_needs_command" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_needs_command" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_needs_command" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_needs_command" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "verify" -d 'Verify (being built)'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "sign" -d 'Sign (being built)'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "listen" -d 'Listen (being built)'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "trigger" -d 'Trigger (being built)'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "demo" -d 'Demo (being built)'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "secrets" -d 'Work with signing secrets'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "keys" -d 'Work with the public keys of dynamic webhooks'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "config" -d 'Look at the configuration'
complete -c gwh -n "__fish_gwh_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand verify" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand verify" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand sign" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand sign" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand listen" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand listen" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand trigger" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand demo" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand demo" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand demo" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and not __fish_seen_subcommand_from get" -f -a "get" -d 'Print a signing secret and nothing else'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand secrets; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and not __fish_seen_subcommand_from jwks" -f -a "jwks" -d 'Print the public half of the local test keys as a JSON Web Key Set'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand keys; and __fish_seen_subcommand_from jwks" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand config; and not __fish_seen_subcommand_from show" -f -a "show" -d 'Show every setting and its value'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l origin -d 'Say where each value comes from: a flag, a variable, a file or the default'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless the environment says otherwise'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s p -l profile -d 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]' -r
complete -c gwh -n "__fish_gwh_using_subcommand completions" -l config -d 'Read this configuration file instead of looking for one [env: GWH_CONFIG]' -r -F
complete -c gwh -n "__fish_gwh_using_subcommand completions" -l json -d 'Print JSON: one document, or one object a line where results stream'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s q -l quiet -d 'Leave out notes and progress'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s v -l verbose -d 'Say what is done along the way'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gwh -n "__fish_gwh_using_subcommand completions" -s V -l version -d 'Print version'
