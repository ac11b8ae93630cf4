//! The data of a lens that its expansion writes once. The compile-time checks and the decoder both
//! use it.

use crate::{
    decode::{DecodeError, FieldSink, Path, select_paths},
    schema::{Shapes, path::PathQuery},
};

/// The result of reading a lens.
pub type DecodeResult<T> = Result<T, DecodeError>;

/// A lens as data: its name, the objects that it fits, and the paths of its fields.
#[derive(Debug)]
pub struct LensLayout {
    /// The name of the lens.
    pub name: &'static str,
    /// The objects that it fits.
    pub shapes: Shapes,
    /// The paths of its fields, sorted by their steps.
    pub paths: &'static [Path],
}

impl LensLayout {
    /// Returns the path of a field, for the compile-time checks.
    #[must_use]
    pub const fn path_query(&self, field: usize) -> PathQuery {
        let mut at = 0;
        while self.paths[at].field != field {
            at += 1;
        }
        let Path { written, steps, .. } = self.paths[at];
        PathQuery { reader: self.name, path: written, steps, shapes: self.shapes }
    }

    /// Reads all fields in one pass over the text, and leaves none of them empty. The fields are in
    /// the order of the lens.
    ///
    /// # Errors
    /// Returns an error if the text is not JSON or not such an object, or if a field is missing or
    /// of another kind.
    pub fn read_fields<'de>(
        &self,
        json: &'de str,
        fields: &mut [&mut dyn FieldSink<'de>],
    ) -> Result<(), DecodeError> {
        select_paths(json, self.paths, self.shapes, fields)
    }
}

/// Returns the reason why a lens was not read. The expansion calls it for every failure. The case
/// that the read succeeded and a field is empty cannot occur.
#[must_use]
pub fn into_read_error(read: Result<(), DecodeError>) -> DecodeError {
    read.err().unwrap_or_else(|| DecodeError::wrong_kind("all fields of the lens", "some of them"))
}

/// Writes the code that reads a lens. The code is in this macro and not in the expansion, because
/// the output of such a macro costs the compiler less than the output of another program.
#[doc(hidden)]
#[macro_export]
macro_rules! __lens {
    (
        $(#[$hidden:meta])?
        impl [$($parameters:tt)*] for $de:lifetime [$($lens:tt)*] [$($bounds:tt)*]
        reads $layout:ident = $name:literal, $shapes:expr, { $($path:literal [$($step:ident $(($key:literal))?)*] $at:literal)* }
            { $($field:ident $found:ident [$($place:tt)*])* } { $($questions:tt)* }
            $([$($open:tt)*])*
    ) => {
        $($questions)*

        static $layout: $crate::__private::LensLayout = $crate::__private::LensLayout {
            name: $name,
            shapes: $shapes,
            paths: &[$($crate::__private::Path {
                written: $path,
                steps: &[$($crate::__private::$step $(($key))?),*],
                field: $at,
            }),*],
        };

        $(#[$hidden])?
        impl<$($parameters)*> $crate::__private::LensField<$de> for $($lens)* $($bounds)* {
            const ACCEPTS: $crate::__private::Accepts = $crate::__private::Accepts::Lens($layout.shapes);

            fn read_value(__json: &$de str) -> $crate::__private::DecodeResult<Self> {
                $($($open)*)*
                $(let mut $found = $crate::__private::None;)*
                match (
                    $layout.read_fields(__json, &mut [
                        $(($($place)*)(&mut $found)),*
                    ]),
                    $($found),*
                ) {
                    ($crate::__private::Ok(()), $($crate::__private::Some($found)),*) => {
                        $crate::__private::Ok(Self { $($field: $found),* })
                    }
                    (__read, ..) => $crate::__private::Err($crate::__private::into_read_error(__read)),
                }
            }
        }

        impl<$($parameters)*> $crate::__private::Lens<$de> for $($lens)* $($bounds)* {}
    };
    (
        $(#[$hidden:meta])?
        impl [$($parameters:tt)*] for $de:lifetime [$($lens:tt)*] [$($bounds:tt)*] reads nothing
    ) => {
        $(#[$hidden])?
        impl<$($parameters)*> $crate::__private::LensField<$de> for $($lens)* $($bounds)* {
            const ACCEPTS: $crate::__private::Accepts = $crate::__private::Accepts::Anything;

            fn read_value(_: &$de str) -> $crate::__private::DecodeResult<Self> {
                ::core::unreachable!()
            }
        }

        impl<$($parameters)*> $crate::__private::Lens<$de> for $($lens)* $($bounds)* {}
    };
}
pub use __lens as lens;
