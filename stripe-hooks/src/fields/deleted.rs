//! Objects of which Stripe may send a stub once they are deleted.

/// An object, or the stub `{id, object, deleted}` that Stripe sends in its place once it is deleted.
#[derive(Clone, Debug, PartialEq)]
pub enum OrDeleted<T> {
    /// The whole object.
    Present(T),
    /// Only its id: the object is gone.
    Deleted(Deleted),
}

/// All that is left of a deleted object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Deleted {
    /// The id that the object had.
    pub id: String,
}

/// Says that Stripe may send a stub in the place of this object; implemented for the objects of the catalogue only.
pub trait Deletable {}
