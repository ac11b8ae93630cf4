//! The types that fields are made of, where Rust's own say too little.

mod deleted;

pub use deleted::{Deletable, Deleted, OrDeleted};
