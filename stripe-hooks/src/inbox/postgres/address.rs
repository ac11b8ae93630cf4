//! The options of new connections: one address for all of them, or a function that gives the
//! current ones.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    str::FromStr,
    sync::Arc,
};

use sqlx::postgres::PgConnectOptions;

use crate::error::EndpointProblem;

#[derive(Clone)]
pub(super) enum DatabaseAddress {
    Fixed(Box<PgConnectOptions>),
    /// Called before each connection is made or taken, because credentials may have changed.
    Current(Arc<dyn Fn() -> PgConnectOptions + Send + Sync>),
}

impl DatabaseAddress {
    /// Reads the address. Error messages leave the address out, because it may hold a password.
    pub(super) fn from_url(url: &str) -> Result<Self, EndpointProblem> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            let error = "the address of the inbox is not one of a PostgreSQL database; write `postgres://user:password@host/database`";
            return Err(EndpointProblem::Inbox(error.to_owned()));
        }
        let options = PgConnectOptions::from_str(url).map_err(|error| {
            EndpointProblem::Inbox(format!("the address of the inbox cannot be read: {error}"))
        })?;
        Ok(Self::Fixed(Box::new(named(options))))
    }

    /// Returns the options for a new connection.
    ///
    /// # Errors
    /// When the application's function panics. The inbox treats this as an outage of the database.
    pub(super) fn options(&self) -> Result<PgConnectOptions, sqlx::Error> {
        match self {
            Self::Fixed(options) => Ok((**options).clone()),
            Self::Current(options) => match catch_unwind(AssertUnwindSafe(|| options())) {
                Ok(options) => Ok(named(options)),
                Err(_) => Err(sqlx::Error::Configuration(
                    "the function with the inbox's connection options panicked".into(),
                )),
            },
        }
    }

    /// Returns the options for a new connection if they may have changed.
    ///
    /// # Errors
    /// When the application's function panics.
    pub(super) fn changing_options(&self) -> Result<Option<PgConnectOptions>, sqlx::Error> {
        match self {
            Self::Fixed(_) => Ok(None),
            Self::Current(_) => self.options().map(Some),
        }
    }
}

/// The options with a name by which an administrator recognises the connection.
fn named(options: PgConnectOptions) -> PgConnectOptions {
    match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("stripe-hooks"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_panics_gives_an_error_and_is_called_again() {
        let calls = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let address = DatabaseAddress::Current(Arc::new(move || {
            match counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => panic!("no token"),
                call => PgConnectOptions::new_without_pgpass().username(&format!("user {call}")),
            }
        }));
        let error = address.options().unwrap_err().to_string();
        assert!(error.ends_with("the function with the inbox's connection options panicked"), "{error}");
        let options = address.options().unwrap();
        assert_eq!(
            (options.get_username(), options.get_application_name()),
            ("user 1", Some("stripe-hooks"))
        );
        assert_eq!(address.changing_options().unwrap().unwrap().get_username(), "user 2");
    }
}
