//! The shapes of Stripe's objects: their fields, the kind of each field, and whether a field is
//! always present.
//!
//! The table is generated and holds every object whatever cargo features are on, because a static
//! that nobody reads costs nothing. The compiler reads it to check lenses and transitions in
//! programs that have none of the objects; the sample maker of the test kit reads it at run time.
//! Everything here can be evaluated at compile time.
// `shape.rs` defines the types, `table.rs` holds the rows, `lookup.rs` looks them up, `path.rs`
// follows paths through them, `lens_object.rs` finds the object that a lens names, and
// `message.rs`, `nearest_name.rs` and `kind_texts.rs` write the texts of compile errors.

pub(crate) mod kind_texts;
pub(crate) mod lens_object;
pub(crate) mod list_object;
mod lookup;
pub(crate) mod message;
pub(crate) mod nearest_name;
pub(crate) mod path;
pub(crate) mod shape;
mod table;

pub(crate) use self::shape::texts_equal;
pub use self::{
    lookup::find_shape,
    shape::{Field, HasSchema, Kind, Presence, Shape, Shapes, Target, Union, Values},
    table::*,
};
