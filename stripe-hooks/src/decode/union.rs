//! The template of the generated unions.

// With every family of objects off, it has nothing to print.
#![allow(unused_macros, unused_imports)]

/// One of several kinds of object, told apart by their `object` key.
macro_rules! union {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $tag:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("An object of kind `", $tag, "`.")] $variant(Box<$variant>),)*
            /// An object of another kind, untouched.
            Other($crate::fields::Raw),
        }

        impl $crate::decode::Choice for $name {
            fn name(&self) -> &'static str {
                stringify!($name)
            }
            fn choose(&mut self, tag: &str) -> Option<&mut dyn $crate::decode::Record> {
                *self = match tag {
                    $($tag => Self::$variant($crate::decode::Value::blank()),)*
                    _ => return None,
                };
                match self {
                    $(Self::$variant(object) => Some(&mut **object),)*
                    Self::Other(_) => None,
                }
            }
            fn keep(&mut self, raw: $crate::fields::Raw) {
                *self = Self::Other(raw);
            }
        }

        impl $crate::decode::Value for $name {
            const IS_WHOLE: bool = true;
            fn blank() -> Self {
                Self::Other($crate::fields::Raw::NULL)
            }
            fn slot(&mut self) -> $crate::decode::Slot<'_> {
                $crate::decode::Slot::Choice(self)
            }
            fn view(&self) -> $crate::decode::View<'_> {
                match self {
                    $(Self::$variant(object) => $crate::decode::View::Record(&**object),)*
                    Self::Other(raw) => $crate::decode::View::Raw(raw),
                }
            }
        }

        impl $crate::decode::Object for $name {
            fn decode(json: &str) -> Result<Self, $crate::decode::DecodeError> {
                let mut object = $crate::decode::Value::blank();
                $crate::decode::read_choice(&mut object, json)?;
                Ok(object)
            }
        }
        $crate::extract::carried!($name);
        #[diagnostic::do_not_recommend]
        impl $crate::lens::LensField<'_> for $name {
            const HOLDS: $crate::lens::Holds = $crate::lens::Holds::Record(stringify!($name));
            fn read(json: &str) -> Result<Self, $crate::decode::DecodeError> {
                <Self as $crate::decode::Object>::decode(json)
            }
        }
        impl $crate::fields::Deletable for $name {}
        $crate::decode::serde_shims!($name);
    };
}
pub(crate) use union;
