//! The first look at a verified body: which members it has, not what is in them.
//!
//! Each member of the envelope stays a raw slice of the body until somebody asks for it, so that what is odd in a part that nobody
//! reads does no harm. Nothing here allocates, but for texts that hold escapes.

use std::{borrow::Cow, error::Error, fmt};

use bytes::Bytes;
use bytestring::ByteString;
use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{catalogue::EventForm, extract::Rejection};

/// The members of both envelopes that the crate knows. See <https://docs.stripe.com/api/events/object> and
/// <https://docs.stripe.com/api/v2/core/events/object>.
const MEMBERS: [&str; 15] = [
    "id",
    "object",
    "type",
    "created",
    "livemode",
    "api_version",
    "account",
    "context",
    "pending_webhooks",
    "request",
    "data",
    "related_object",
    "reason",
    "changes",
    "snapshot_event",
];

/// A body whose kind, type and id could be read.
pub(crate) struct Envelope<'a> {
    pub(crate) body: &'a ByteString,
    pub(crate) id: Cow<'a, str>,
    pub(crate) event_type: Cow<'a, str>,
    /// `None` for a kind of event that Stripe has yet to invent.
    pub(crate) form: Option<EventForm>,
    members: Members<'a, 'static, 15>,
}

impl<'a> Envelope<'a> {
    pub(crate) fn read(body: &'a ByteString) -> Result<Self, Unreadable> {
        if body.starts_with('\u{feff}') {
            return Err(Unreadable::ByteOrderMark);
        }
        let members = Members::of(body, &MEMBERS).map_err(|_| Unreadable::NotJson)?;
        let members = members.ok_or(Unreadable::NotAnObject)?;
        let text =
            |name| members.get(name).and_then(|raw| read_text(raw).ok()).filter(|text| !text.is_empty());
        let form = match text("object").as_deref() {
            Some("event") => Some(EventForm::Snapshot),
            Some("v2.core.event") => Some(EventForm::Thin),
            _ => None,
        };
        Ok(Self {
            body,
            id: text("id").ok_or(Unreadable::NoId)?,
            event_type: text("type").ok_or(Unreadable::NoType)?,
            form,
            members,
        })
    }

    /// The untouched JSON of a member; `null` counts as absent.
    pub(crate) fn raw(&self, name: &'static str) -> Option<&'a str> {
        self.members.get(name)
    }

    /// The untouched JSON of a member of a member.
    pub(crate) fn raw_within(
        &self,
        outer: &'static str,
        name: &'static str,
    ) -> Result<Option<&'a str>, Rejection> {
        let Some(raw) = self.raw(outer) else { return Ok(None) };
        let names = [name];
        let members = Members::of(raw, &names).ok().flatten();
        Ok(members.ok_or_else(|| Rejection::unexpected(outer, "an object"))?.get(name))
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<Option<Cow<'a, str>>, Rejection> {
        let read = |raw| read_text(raw).map_err(|_| Rejection::unexpected(name, "a string"));
        self.raw(name).map(read).transpose()
    }

    pub(crate) fn text_within(
        &self,
        outer: &'static str,
        name: &'static str,
    ) -> Result<Option<Cow<'a, str>>, Rejection> {
        let read =
            |raw| read_text(raw).map_err(|_| Rejection::unexpected(format!("{outer}.{name}"), "a string"));
        self.raw_within(outer, name)?.map(read).transpose()
    }

    /// A number or a boolean.
    pub(crate) fn scalar<T: Deserialize<'a>>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, Rejection> {
        let read = |raw| serde_json::from_str(raw).map_err(|_| Rejection::unexpected(name, expected));
        self.raw(name).map(read).transpose()
    }
}

/// A body as text, without a copy.
pub(crate) fn text(body: Bytes) -> Result<ByteString, Unreadable> {
    ByteString::try_from(body).map_err(|_| Unreadable::NotUtf8)
}

/// Shows what a log may hold: never the members.
impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("id", &self.id)
            .field("type", &self.event_type)
            .finish_non_exhaustive()
    }
}

/// Why a verified body is not an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    ByteOrderMark,
    NotUtf8,
    NotJson,
    NotAnObject,
    NoId,
    NoType,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByteOrderMark => "the body starts with a byte order mark",
            Self::NotUtf8 => "the body is not UTF-8",
            Self::NotJson => "the body is not JSON",
            Self::NotAnObject => "the body is not a JSON object",
            Self::NoId => "the event has no readable `id`",
            Self::NoType => "the event has no readable `type`",
        })
    }
}

impl Error for Unreadable {}

/// The raw values of the named members of one JSON object. Of a key that comes twice the last counts, as in JavaScript.
pub(crate) struct Members<'a, 'n, const N: usize> {
    names: &'n [&'static str; N],
    raw: [Option<&'a RawValue>; N],
}

impl<'a, 'n, const N: usize> Members<'a, 'n, N> {
    /// Reads the members; `None` when the text is JSON and not an object.
    pub(crate) fn of(json: &'a str, names: &'n [&'static str; N]) -> serde_json::Result<Option<Self>> {
        if !json.trim_ascii_start().starts_with('{') {
            return serde_json::from_str::<IgnoredAny>(json).map(|_| None);
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let members = deserializer.deserialize_map(Self { names, raw: [None; N] })?;
        deserializer.end()?;
        Ok(Some(members))
    }

    /// The JSON of a member, which is not `null`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let index = self.names.iter().position(|known| *known == name)?;
        self.raw[index].map(RawValue::get).filter(|raw| *raw != "null")
    }
}

impl<'a, const N: usize> Visitor<'a> for Members<'a, '_, N> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(index) = map.next_key_seed(MemberName(self.names))? {
            match index {
                Some(index) => self.raw[index] = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(self)
    }
}

/// Finds the position of a key without keeping it.
struct MemberName<'n>(&'n [&'static str]);

impl<'de> DeserializeSeed<'de> for MemberName<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // As bytes, because a key that nobody reads need not be a text either: it may hold a lone surrogate.
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for MemberName<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| name.as_bytes() == key))
    }
}

/// Reads a JSON string, borrowed from the body where it holds no escape.
pub(crate) fn read_text(raw: &str) -> serde_json::Result<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(raw).map(|text| text.0)
}

struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: impl Into<Bytes>) -> Result<String, Unreadable> {
        let body = text(json.into())?;
        Envelope::read(&body)
            .map(|envelope| format!("{} {} {:?}", envelope.id, envelope.event_type, envelope.form))
    }

    #[test]
    fn the_kind_is_told_by_the_object_member() {
        let with =
            |object: &str| read(format!(r#"{{"id":"evt_1","object":{object},"type":"a.b"}}"#)).unwrap();
        assert_eq!(with(r#""event""#), "evt_1 a.b Some(Snapshot)");
        assert_eq!(with(r#""v2.core.event""#), "evt_1 a.b Some(Thin)");
        assert_eq!(with(r#""v3.event""#), "evt_1 a.b None");
        assert_eq!(with("7"), "evt_1 a.b None");
    }

    #[test]
    fn a_body_that_is_not_an_event_is_unreadable() {
        assert_eq!(read(&b"\xef\xbb\xbf{}"[..]), Err(Unreadable::ByteOrderMark));
        assert_eq!(read(&b"{\"id\":\"\xff\"}"[..]), Err(Unreadable::NotUtf8));
        for not_json in
            ["", " ", "{", "{}x", "nul", r#"{"id":}"#, r#"{"id":"a","type":"b"}}"#, "{'id':1}", "[1,"]
        {
            assert_eq!(read(not_json), Err(Unreadable::NotJson), "{not_json}");
        }
        for other in ["[]", "null", "1", r#""{}""#] {
            assert_eq!(read(other), Err(Unreadable::NotAnObject), "{other}");
        }
        for no_id in [
            r#"{"type":"a.b"}"#,
            r#"{"id":null,"type":"a.b"}"#,
            r#"{"id":"","type":"a.b"}"#,
            r#"{"id":7,"type":"b"}"#,
        ] {
            assert_eq!(read(no_id), Err(Unreadable::NoId), "{no_id}");
        }
        assert_eq!(read(r#"{"id":"evt_1","type":["a.b"]}"#), Err(Unreadable::NoType));
    }

    #[test]
    fn what_is_odd_in_a_member_that_nobody_reads_does_no_harm() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        for odd in [&deep, r#""\ud800""#, "1e400", r#"{"a":1,"a":2}"#, r#""\u0000""#, "-0.0"] {
            let json = format!(
                r#"{{"future":{odd},"account":{odd},"id":"evt_1","data":{{"object":{odd}}},"type":"a.b"}}"#
            );
            assert_eq!(read(json).unwrap(), "evt_1 a.b None");
        }
    }

    #[test]
    fn an_odd_key_that_nobody_reads_does_no_harm() {
        let json = r#"{"\ud800":1,"\u0000":2,"":3,"\u0069d":"evt_1","type":"a.b","data":{"\udfff":4}}"#;
        assert_eq!(read(json).unwrap(), "evt_1 a.b None");
        let body = ByteString::from(json);
        assert_eq!(Envelope::read(&body).unwrap().raw_within("data", "object").unwrap(), None);
    }

    #[test]
    fn of_a_member_that_comes_twice_the_last_counts() {
        assert_eq!(read(r#"{"id":"evt_1","id":"evt_2","type":"a","type":"b"}"#).unwrap(), "evt_2 b None");
    }

    #[test]
    fn members_are_typed_when_they_are_asked_for() {
        let body = ByteString::from_static(
            r#"{"id":"e","type":"t","account":5,"context":"a\u0062","request":"req_1","livemode":true}"#,
        );
        let envelope = Envelope::read(&body).unwrap();
        assert_eq!(envelope.text("context").unwrap().unwrap(), "ab");
        assert_eq!(envelope.text("api_version").unwrap(), None);
        assert_eq!(envelope.scalar::<bool>("livemode", "a boolean").unwrap(), Some(true));
        assert_eq!(envelope.text("account").unwrap_err().to_string(), "account: expected a string");
        assert_eq!(
            envelope.text_within("request", "id").unwrap_err().to_string(),
            "request: expected an object"
        );
    }
}
