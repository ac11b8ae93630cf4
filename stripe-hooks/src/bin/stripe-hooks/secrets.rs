//! Where signing secrets come from: the command line, files, and the environment when there is neither.

use std::{env, fs};

use stripe_hooks::signature::Secret;

use crate::{arguments::SecretArguments, failure::Failure};

/// The variable that `secret_from_env` of the documentation reads, too.
const SECRET_VARIABLE: &str = "STRIPE_WEBHOOK_SECRET";

impl SecretArguments {
    /// All secrets that were given, in order: those of the command line, then those of the files. White space around one is none of it.
    pub(crate) fn read_secrets(&self) -> Result<Vec<Secret>, Failure> {
        let texts = self.read_texts()?.into_iter().map(|(text, place)| (text.trim().to_owned(), place));
        parse_secrets(texts)
    }

    /// Likewise with the white space around those of the command line and of files, so that `verify` can say that it is there.
    pub(crate) fn read_with_white_space(&self) -> Result<Vec<Secret>, Failure> {
        parse_secrets(self.read_texts()?)
    }

    /// What was given, and where.
    fn read_texts(&self) -> Result<Vec<(String, String)>, Failure> {
        let mut texts: Vec<(String, String)> =
            self.secrets.iter().map(|text| (text.clone(), "the secret of `--secret`".to_owned())).collect();
        for path in &self.files {
            let place = path.display();
            let text = fs::read_to_string(path)
                .map_err(|error| Failure::usage(format_args!("cannot read `{place}`: {error}")))?;
            let before = texts.len();
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            texts.extend(lines.map(|line| (line.to_owned(), format!("a secret in `{place}`"))));
            if texts.len() == before {
                return Err(Failure::usage(format_args!(
                    "`{place}` holds no secret; write one `whsec_…` a line into it"
                )));
            }
        }
        if self.secrets.is_empty() && self.files.is_empty() {
            let text = env::var(SECRET_VARIABLE).map_err(|error| match error {
                env::VarError::NotPresent => Failure::usage(format_args!(
                    "no signing secret: set {SECRET_VARIABLE}, or give `--secret-file PATH` or `--secret whsec_…`; without an account any text that \
                     starts with `whsec_` and that the endpoint has too will do, such as `whsec_test`"
                )),
                env::VarError::NotUnicode(_) => {
                    Failure::usage(format_args!("{SECRET_VARIABLE} is not UTF-8, which a signing secret always is"))
                }
            })?;
            // Read as `secret_from_env` reads it: a comma at the end announces no further secret, and no secret has white space around it.
            let text = text.strip_suffix(',').unwrap_or(&text);
            let given = text.split(',').map(str::trim);
            texts.extend(given.map(|text| (text.to_owned(), format!("a secret of {SECRET_VARIABLE}"))));
        }
        Ok(texts)
    }
}

fn parse_secrets(texts: impl IntoIterator<Item = (String, String)>) -> Result<Vec<Secret>, Failure> {
    texts
        .into_iter()
        .map(|(text, place)| Secret::new(text).map_err(|_| blank_secret_failure(&place)))
        .collect()
}

fn blank_secret_failure(place: &str) -> Failure {
    Failure::usage(format_args!(
        "{place} is blank, and anybody could sign with it; use the endpoint's `whsec_…`"
    ))
}
