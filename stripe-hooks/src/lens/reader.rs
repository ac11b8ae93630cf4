//! A lens as its expansion describes it, once, for the compiler's questions and for reading.

use crate::{
    decode::{DecodeError, Found, Path, walk},
    schema::{Shapes, path::Asked},
};

/// The result of reading a lens.
pub type Read<T> = Result<T, DecodeError>;

/// A lens as data: its name, the objects that it fits, and the paths of its fields.
#[derive(Debug)]
pub struct Reader {
    /// The name of the lens.
    pub name: &'static str,
    /// The objects that it fits.
    pub shapes: Shapes,
    /// The paths of its fields, sorted by their steps.
    pub paths: &'static [Path],
}

impl Reader {
    /// The question about the path of a field.
    #[must_use]
    pub const fn asked(&self, field: usize) -> Asked {
        let mut at = 0;
        while self.paths[at].field != field {
            at += 1;
        }
        let Path { written, steps, .. } = self.paths[at];
        Asked { reader: self.name, path: written, steps, shapes: self.shapes }
    }

    /// Reads all fields, which are in the order of the lens, in one pass over the text, and leaves none of them empty.
    ///
    /// # Errors
    /// When the text is not JSON, not such an object, or when a field is missing or of another kind.
    pub fn read<'de>(&self, json: &'de str, fields: &mut [&mut dyn Found<'de>]) -> Result<(), DecodeError> {
        walk(json, self.paths, self.shapes, fields)
    }
}

/// Why a lens was not read. An expansion asks where not all is well; that a field is empty after all, no reading leads to.
#[must_use]
pub fn unread(read: Result<(), DecodeError>) -> DecodeError {
    read.err().unwrap_or_else(|| DecodeError::mismatch("all fields of the lens", "some of them"))
}

/// Writes what reads a lens: here and not in the expansion, because what comes from a macro like this one costs the compiler less than what it
/// takes from another program.
#[doc(hidden)]
#[macro_export]
macro_rules! __lens {
    (
        $(#[$hidden:meta])?
        impl [$($parameters:tt)*] for $de:lifetime [$($lens:tt)*] [$($bounds:tt)*]
        reads $reader:ident = $name:literal, $shapes:expr, { $($path:literal [$($step:ident $(($key:literal))?)*] $at:literal)* }
            { $($field:ident $found:ident [$($place:tt)*])* } { $($questions:tt)* }
            $([$($open:tt)*])*
    ) => {
        $($questions)*

        static $reader: $crate::__private::Reader = $crate::__private::Reader {
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
            const HOLDS: $crate::__private::Holds = $crate::__private::Holds::Lens($reader.shapes);

            fn read(__json: &$de str) -> $crate::__private::Read<Self> {
                $($($open)*)*
                $(let mut $found = $crate::__private::None;)*
                match (
                    $reader.read(__json, &mut [
                        $(($($place)*)(&mut $found)),*
                    ]),
                    $($found),*
                ) {
                    ($crate::__private::Ok(()), $($crate::__private::Some($found)),*) => {
                        $crate::__private::Ok(Self { $($field: $found),* })
                    }
                    (__read, ..) => $crate::__private::Err($crate::__private::unread(__read)),
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
            const HOLDS: $crate::__private::Holds = $crate::__private::Holds::Anything;

            fn read(_: &$de str) -> $crate::__private::Read<Self> {
                ::core::unreachable!()
            }
        }

        impl<$($parameters)*> $crate::__private::Lens<$de> for $($lens)* $($bounds)* {}
    };
}
pub use __lens as lens;
