//! The one table of cases. Adding a case is one row in the file of its family.
//!
//! A row says what is different from a valid delivery. Its id is a promise: scripts name it in `--only`
//! and `--skip`, and reports are compared by it.

mod accepts;
mod behaves;
mod preflight;
mod refuses;
mod tokens;

use super::case::{Case, Expect, Step};
use super::recipe::Recipe;
use crate::signature::Scheme;

pub use behaves::{BUDGET, REDIRECT};
pub use preflight::{ACCEPTED, DECODING, POST, REACHABLE, SECRET, VERIFIES};

/// Every scheme.
const ALL: &[Scheme] = &Scheme::ALL;
/// Those whose header is a list of signatures.
const LISTS: &[Scheme] = &[Scheme::V1, Scheme::V1a];
/// Those with public keys.
const DYNAMIC: &[Scheme] = &[Scheme::V1a, Scheme::Jwt];
const V1: &[Scheme] = &[Scheme::V1];
const V1A: &[Scheme] = &[Scheme::V1a];
const JWT: &[Scheme] = &[Scheme::Jwt];

/// Every case, in the order of reports.
pub fn table() -> impl Iterator<Item = &'static Case> {
    [preflight::CASES, accepts::CASES, refuses::CASES, tokens::CASES, behaves::CASES].into_iter().flatten()
}

const fn step(recipe: Recipe, expect: Expect) -> Step {
    Step { recipe, expect, copies: 1, again: false }
}

const fn accepted(recipe: Recipe) -> Step {
    step(recipe, Expect::Accepted)
}

const fn refused(recipe: Recipe) -> Step {
    step(recipe, Expect::Refused)
}

/// The same step as the retry of the one before.
const fn again(step: Step) -> Step {
    Step { again: true, ..step }
}

/// The same step so many times at once.
const fn at_once(copies: u16, step: Step) -> Step {
    Step { copies, ..step }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::conformance::recipe::Body;
    use crate::conformance::{Class, Family};
    use crate::event::catalog::CATALOG;

    #[test]
    fn ids_are_unique_and_of_one_form() {
        let mut seen = BTreeSet::new();
        for case in table() {
            assert!(seen.insert(case.id), "{} stands twice", case.id);
            let words: Vec<&str> = case.id.split('.').collect();
            assert!(words.len() == 3 || case.family() == Family::Preflight, "{}", case.id);
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(words.iter().all(|word| !word.is_empty() && word.chars().all(is_plain)), "{}", case.id);
        }
        assert!(seen.len() > 70, "the table has {} rows", seen.len());
    }

    #[test]
    fn every_row_says_what_why_and_what_to_do() {
        for case in table() {
            assert!(!case.schemes.is_empty(), "{}", case.id);
            assert!(!case.steps.is_empty() || case.family() == Family::Preflight, "{}", case.id);
            for text in [case.why, case.fix] {
                assert!(text.len() > 20 && !text.ends_with('.'), "{}: {text}", case.id);
            }
            let is_phrase = case.title.chars().next().is_some_and(|first| !first.is_uppercase());
            assert!(
                is_phrase || case.title.starts_with("HS256") || case.title.starts_with("GET"),
                "{}",
                case.id
            );
        }
    }

    #[test]
    fn every_event_type_has_a_case() {
        let sent: BTreeSet<&str> = table()
            .filter(|case| case.id.starts_with("accepts.event."))
            .filter_map(|case| match case.steps[0].recipe.body {
                Body::Event(name) => Some(name),
                _ => None,
            })
            .collect();
        assert_eq!(sent, CATALOG.iter().map(|event| event.name).collect());
    }

    #[test]
    fn nothing_that_ties_the_handler_up_is_sent_unasked() {
        use crate::conformance::recipe::Framing;
        for case in table().filter(|case| case.class != Class::Stress) {
            assert!(case.steps.iter().all(|step| step.recipe.framing != Framing::Stalled), "{}", case.id);
        }
    }
}
