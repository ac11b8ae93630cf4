//! The version of an inbox's tables, compared with the version that this program knows.

use crate::error::EndpointProblem;

/// Checks that the tables have the version that this program knows. `found` is `None` where there
/// are no tables.
pub(super) fn check_version(place: &str, found: Option<i64>, known: i64) -> Result<(), EndpointProblem> {
    let Some(version) = found else {
        return Err(EndpointProblem::Inbox(format!(
            "the inbox in `{place}` cannot be used: there are no tables of an inbox in it; start the receiver first, which makes \
             them"
        )));
    };
    let advice = match version {
        _ if version == known => return Ok(()),
        _ if version > known => "a newer program has used it, so start that one",
        _ => "start the receiver of this version first, which brings it up to date",
    };
    Err(EndpointProblem::Inbox(format!(
        "the inbox in `{place}` has schema version {version}, and this program knows {known}; {advice}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn only_the_known_version_can_be_used_and_each_other_has_its_advice() {
        let message =
            |found| check_version("x", found, 2).map_err(|problem| Error::from(problem).to_string());
        assert_eq!(message(Some(2)), Ok(()));
        for (found, advice) in [
            (None, "start the receiver first"),
            (Some(1), "start the receiver of this version first"),
            (Some(3), "a newer program has used it"),
        ] {
            assert!(message(found).is_err_and(|message| message.contains(advice)), "{found:?}");
        }
    }
}
