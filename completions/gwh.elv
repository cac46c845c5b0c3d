
use builtin;
use str;

set edit:completion:arg-completer[gwh] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'gwh'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'gwh'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand verify 'Verify (being built)'
            cand sign 'Sign (being built)'
            cand listen 'Listen (being built)'
            cand trigger 'Trigger (being built)'
            cand demo 'Demo (being built)'
            cand secrets 'Work with signing secrets'
            cand keys 'Work with the public keys of dynamic webhooks'
            cand config 'Look at the configuration'
            cand completions 'Print the completion script of a shell'
        }
        &'gwh;verify'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'gwh;sign'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'gwh;listen'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'gwh;trigger'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'gwh;demo'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'gwh;secrets'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand get 'Print a signing secret and nothing else'
        }
        &'gwh;secrets;get'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'gwh;keys'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand jwks 'Print the public half of the local test keys as a JSON Web Key Set'
        }
        &'gwh;keys;jwks'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'gwh;config'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand show 'Show every setting and its value'
        }
        &'gwh;config;show'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --origin 'Say where each value comes from: a flag, a variable, a file or the default'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'gwh;completions'= {
            cand --color 'When to use colour'
            cand -p 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --profile 'The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]'
            cand --config 'Read this configuration file instead of looking for one [env: GWH_CONFIG]'
            cand --json 'Print JSON: one document, or one object a line where results stream'
            cand -q 'Leave out notes and progress'
            cand --quiet 'Leave out notes and progress'
            cand -v 'Say what is done along the way'
            cand --verbose 'Say what is done along the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
    ]
    $completions[$command]
}
