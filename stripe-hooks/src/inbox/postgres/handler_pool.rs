//! The pool of connections for handlers' transactions.

use std::{
    mem,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sqlx::{PgPool, postgres::PgConnectOptions};

use super::{address::DatabaseAddress, dedicated_connection::new_pool};

pub(super) struct HandlerPool {
    address: DatabaseAddress,
    connections: NonZeroU32,
    /// A closed pool stays closed, so another one takes its place.
    pool: Mutex<PgPool>,
}

impl HandlerPool {
    /// Prepares a pool with the options that `address` has given. It connects when it is first
    /// used.
    pub(super) fn new(address: DatabaseAddress, options: PgConnectOptions, connections: NonZeroU32) -> Self {
        Self { address, connections, pool: Mutex::new(new_pool(options, connections)) }
    }

    /// Returns the pool, which makes its next connection with the current options.
    ///
    /// # Errors
    /// When the application's function that gives the options panics.
    pub(super) fn pool(&self) -> Result<PgPool, sqlx::Error> {
        let options = self.address.changing_options()?;
        let pool = self.current_pool().clone();
        if let Some(options) = options {
            pool.set_connect_options(options);
        }
        Ok(pool)
    }

    /// Closes the connections that no handler has, and the others when their handlers end.
    pub(super) async fn close(&self) {
        let closing = {
            let mut current = self.current_pool();
            let next = new_pool((*current.connect_options()).clone(), self.connections);
            mem::replace(&mut *current, next)
        };
        closing.close().await;
    }

    fn current_pool(&self) -> MutexGuard<'_, PgPool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
