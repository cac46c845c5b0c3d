//! Walking through a list that the service answers page by page.

use std::collections::HashSet;

use super::error::ApiError;

/// Far more pages than any project has; a service that never ends its list is stopped.
const MAX_PAGES: usize = 10_000;

/// Where in a list a walk is.
#[derive(Debug)]
pub(super) struct Walk {
    next: Next,
    /// The tokens of the pages so far.
    seen: HashSet<String>,
}

/// The page that comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// The first one, which has no token.
    First,
    /// The one of this token.
    Page(String),
    /// None.
    End,
}

impl Walk {
    /// Before the first page.
    pub(super) fn new() -> Self {
        Walk { next: Next::First, seen: HashSet::new() }
    }

    /// The page to ask for. Until [`Walk::go_on`] is told what came, there is none after it.
    pub(super) fn step(&mut self) -> Next {
        std::mem::replace(&mut self.next, Next::End)
    }

    /// Takes the token that came with a page; without one, or with an empty one, it was the last.
    ///
    /// # Errors
    /// `Unexpected` where the token came before, so that the list would never end.
    pub(super) fn go_on(&mut self, token: Option<&str>) -> Result<(), ApiError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(()) };
        if !self.seen.insert(token.to_owned()) || self.seen.len() >= MAX_PAGES {
            return Err(ApiError::unexpected("the list does not end: a page token came again"));
        }
        self.next = Next::Page(token.to_owned());
        Ok(())
    }
}

impl Next {
    /// The token to ask with, for a page that there may be.
    pub(super) fn token(&self) -> Option<&str> {
        match self {
            Next::Page(token) => Some(token),
            Next::First | Next::End => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_ends_without_a_token_and_does_not_go_in_circles() {
        let mut walk = Walk::new();
        assert!(matches!(walk.step(), Next::First));
        walk.go_on(Some("a")).expect("goes on");
        assert_eq!(walk.step().token(), Some("a"));
        walk.go_on(Some("b")).expect("goes on");
        walk.step();
        assert!(walk.go_on(Some("a")).is_err() && matches!(walk.step(), Next::End));
        for last in [None, Some("")] {
            let mut walk = Walk::new();
            walk.step();
            walk.go_on(last).expect("ends");
            assert!(matches!(walk.step(), Next::End));
        }
    }
}
