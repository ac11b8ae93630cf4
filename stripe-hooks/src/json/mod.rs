//! JSON text, read once: what is asked for is read, and the rest is passed over.
//!
//! A [`Cursor`] goes over the text from its start to its end. Where it *reads*, it holds the text to the grammar of RFC 8259: the keys,
//! commas and colons of the objects and arrays that it enters, and every string, number and word in them. What it *skips* it looks at only as
//! far as it must to find the end: strings close, and brackets balance outside of them. Inside an array or an object that is skipped,
//! nothing else is checked, so `[1 2]` and `{"a" nul}` pass where nobody asks what is in them. Whoever asks later reads them then, and finds
//! out. That is safe because a signature vouches for the text before any of it is read: nobody but Stripe could have written what passes, and
//! where a value ends is decided by the same brackets and strings in any case.
//!
//! A lens, which reads a few members of many, goes from colon to colon
//! ([`Cursor::for_each_wanted_member`]): what lies between the members that it reads is skipped
//! like what is in brackets, and only the keys that look like one of its own are read.
//!
//! Nothing here recurses or allocates, but for strings that hold escapes, and the time is linear in the length of the text.

mod block_scan;
mod cursor;
mod members;
mod position;
mod raw;
mod simd;
#[cfg(test)]
mod tests;

pub use self::raw::Raw;
pub(crate) use self::{
    block_scan::KeyFilter,
    cursor::{Cursor, Malformed, NumberText},
    members::{ObjectMembers, for_each_member, read_text},
    position::TextPosition,
    simd::bytes_equal,
};
