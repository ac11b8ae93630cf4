//! Finds the members of a verified body, and leaves their content unread.
//!
//! One pass over the body finds the members of the envelope and those of `data`. Each member stays
//! a raw slice of the body until a handler needs it, so an error in a member that no handler reads
//! does no harm. The pass checks as much as [`json`](crate::json) describes: the envelope and its
//! `data` must be JSON, and in all members brackets and strings must close. Nothing here allocates,
//! except for texts that hold escapes.

use std::{borrow::Cow, error::Error, fmt};

use bytes::Bytes;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    catalogue::template::EventForm,
    json::{Cursor, Malformed, ObjectMembers, Raw, for_each_member, read_text},
    rejection::Rejection,
};

/// The members of both envelopes that the crate knows. The members of every snapshot event come
/// first, in the order in which Stripe writes them, so that the pass finds each of them at once.
/// See <https://docs.stripe.com/api/events/object> and
/// <https://docs.stripe.com/api/v2/core/events/object>.
const ENVELOPE_KEYS: [&str; 15] = [
    "id",
    "object",
    "api_version",
    "created",
    "data",
    "livemode",
    "pending_webhooks",
    "request",
    "type",
    "account",
    "context",
    "changes",
    "reason",
    "related_object",
    "snapshot_event",
];

/// Indexes of the members that are read from every event.
const ID_INDEX: usize = 0;
const OBJECT_INDEX: usize = 1;
const DATA_INDEX: usize = 4;
const TYPE_INDEX: usize = 8;

/// The members of `data` that the crate knows.
const DATA_KEYS: [&str; 2] = ["object", "previous_attributes"];

/// A body whose kind, type and id are readable.
pub(crate) struct Envelope<'a> {
    /// The bytes as Stripe sent them. The event is a part of them, in most cases all.
    received: &'a Bytes,
    /// The text of the event.
    body: &'a str,
    pub(crate) id: Cow<'a, str>,
    pub(crate) event_type: Cow<'a, str>,
    /// The kind of the event, or `None` for a kind that Stripe has yet to invent.
    pub(crate) form: Option<EventForm>,
    members: ObjectMembers<'a, 15>,
    /// The members of `data`, or `None` if `data` is not an object.
    data: Option<ObjectMembers<'a, 2>>,
}

impl<'a> Envelope<'a> {
    pub(crate) fn parse(sent: &'a Bytes) -> Result<Self, Unreadable> {
        Self::parse_unwrapped(sent, |body| body)
    }

    /// Reads the envelope of an event that `unwrap` takes out of the bytes as Stripe sent them.
    pub(crate) fn parse_unwrapped(sent: &'a Bytes, unwrap: fn(&str) -> &str) -> Result<Self, Unreadable> {
        let body = unwrap(simdutf8::basic::from_utf8(sent).map_err(|_| Unreadable::NotUtf8)?);
        if body.starts_with('\u{feff}') {
            return Err(Unreadable::ByteOrderMark);
        }
        let mut envelope = Self {
            received: sent,
            body,
            id: Cow::default(),
            event_type: Cow::default(),
            form: None,
            members: ObjectMembers::empty(&ENVELOPE_KEYS),
            data: None,
        };
        if !envelope.scan_members().map_err(|_| Unreadable::NotJson)? {
            return Err(Unreadable::NotAnObject);
        }
        match &envelope {
            Self { id, .. } if id.is_empty() => Err(Unreadable::NoId),
            Self { event_type, .. } if event_type.is_empty() => Err(Unreadable::NoType),
            _ => Ok(envelope),
        }
    }

    /// Finds the members of the envelope and of its `data`, in one pass. Returns `true` if the body
    /// is an object, and `false` if it is another JSON value.
    fn scan_members(&mut self) -> Result<bool, Malformed> {
        let body = self.body;
        let mut cursor = Cursor::new(body);
        if cursor.peek_byte() != Some(b'{') {
            // serde checks here that the text is JSON, because nothing will read it again.
            return serde_json::from_str::<IgnoredAny>(body).map(|_| false).map_err(|_| Malformed);
        }
        for_each_member(&mut cursor, &ENVELOPE_KEYS, |index, cursor| {
            cursor.peek_byte();
            let start = cursor.offset();
            match index {
                ID_INDEX => self.id = read_text_at(cursor)?,
                TYPE_INDEX => self.event_type = read_text_at(cursor)?,
                OBJECT_INDEX => {
                    self.form = match &*read_text_at(cursor)? {
                        "event" => Some(EventForm::Snapshot),
                        "v2.core.event" => Some(EventForm::Thin),
                        _ => None,
                    }
                }
                DATA_INDEX => self.data = read_data_at(cursor)?,
                _ => cursor.skip_value()?,
            }
            self.members.set_by_index(index, cursor.text_since(start));
            Ok(())
        })?;
        cursor.expect_end().map(|()| true)
    }

    /// Returns the whole event.
    pub(crate) fn body(&self) -> Raw {
        self.share_slice(self.body)
    }

    /// Returns a part of the event, which shares the bytes of the body.
    pub(crate) fn share_slice(&self, json: &str) -> Raw {
        Raw::from_body_slice(self.received, json)
    }

    /// Returns the bytes of the whole event, as Stripe sent them.
    #[cfg(feature = "inbox")]
    pub(crate) fn received_bytes(&self) -> Bytes {
        self.received.slice_ref(self.body.as_bytes())
    }

    /// Returns the untouched JSON of a member; `null` counts as absent.
    pub(crate) fn raw_member(&self, name: &'static str) -> Option<&'a str> {
        self.members.get_by_name(name)
    }

    /// Returns the untouched JSON of a member of a member.
    pub(crate) fn raw_nested_member(
        &self,
        outer: &'static str,
        name: &'static str,
    ) -> Result<Option<&'a str>, Rejection> {
        let Some(raw) = self.raw_member(outer) else { return Ok(None) };
        let found = match outer {
            "data" => self.data.as_ref().map(|data| data.get_by_name(name)),
            _ => find_member(raw, name).ok().flatten(),
        };
        found.ok_or_else(|| Rejection::unexpected_value(outer, "an object"))
    }

    /// Returns the object of a snapshot event, as [`raw_nested_member`](Self::raw_nested_member) finds it.
    pub(crate) fn object_json(&self) -> Result<Option<&'a str>, Rejection> {
        self.raw_nested_member("data", DATA_KEYS[0])
    }

    /// Returns the previous attributes of the object.
    pub(crate) fn previous_attributes_json(&self) -> Result<Option<&'a str>, Rejection> {
        self.raw_nested_member("data", DATA_KEYS[1])
    }

    pub(crate) fn text_member(&self, name: &'static str) -> Result<Option<Cow<'a, str>>, Rejection> {
        let read = |raw| read_text(raw).map_err(|_| Rejection::unexpected_value(name, "a string"));
        self.raw_member(name).map(read).transpose()
    }

    pub(crate) fn nested_text_member(
        &self,
        outer: &'static str,
        name: &'static str,
    ) -> Result<Option<Cow<'a, str>>, Rejection> {
        let read = |raw| {
            read_text(raw).map_err(|_| Rejection::unexpected_value(format!("{outer}.{name}"), "a string"))
        };
        self.raw_nested_member(outer, name)?.map(read).transpose()
    }

    /// Returns a number or a boolean.
    pub(crate) fn scalar_member<T: Deserialize<'a>>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, Rejection> {
        let read = |raw| serde_json::from_str(raw).map_err(|_| Rejection::unexpected_value(name, expected));
        self.raw_member(name).map(read).transpose()
    }
}

/// Returns the text of the string at the cursor, or an empty text if the value is not a string or
/// is a string that is not valid text.
fn read_text_at<'a>(cursor: &mut Cursor<'a>) -> Result<Cow<'a, str>, Malformed> {
    match cursor.read_plain_string() {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => Ok(read_text(cursor.read_raw()?).unwrap_or_default()),
    }
}

/// Returns the members of `data`, or `None` if it is not an object.
fn read_data_at<'a>(cursor: &mut Cursor<'a>) -> Result<Option<ObjectMembers<'a, 2>>, Malformed> {
    if cursor.peek_byte() != Some(b'{') {
        return cursor.skip_value().map(|()| None);
    }
    let mut found = ObjectMembers::empty(&DATA_KEYS);
    for_each_member(cursor, &DATA_KEYS, |index, cursor| {
        found.set_by_index(index, cursor.read_raw()?);
        Ok(())
    })?;
    Ok(Some(found))
}

/// Returns the untouched JSON of one member of an object, or `None` if the text is not an object.
fn find_member<'a>(json: &'a str, name: &'static str) -> Result<Option<Option<&'a str>>, Malformed> {
    let mut cursor = Cursor::new(json);
    if cursor.peek_byte() != Some(b'{') {
        return Ok(None);
    }
    let mut found = None;
    for_each_member(&mut cursor, &[name], |_, cursor| {
        found = Some(cursor.read_raw()?).filter(|raw| *raw != "null");
        Ok(())
    })?;
    Ok(Some(found))
}

/// Shows only what a log may hold, and never the members.
impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("id", &self.id)
            .field("type", &self.event_type)
            .finish_non_exhaustive()
    }
}

/// The reason why a verified body is not an event.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_type(json: impl Into<Bytes>) -> Result<String, Unreadable> {
        Envelope::parse(&json.into())
            .map(|envelope| format!("{} {} {:?}", envelope.id, envelope.event_type, envelope.form))
    }

    #[test]
    fn the_kind_is_told_by_the_object_member() {
        let with =
            |object: &str| parse_type(format!(r#"{{"id":"evt_1","object":{object},"type":"a.b"}}"#)).unwrap();
        assert_eq!(with(r#""event""#), "evt_1 a.b Some(Snapshot)");
        assert_eq!(with(r#""v2.core.event""#), "evt_1 a.b Some(Thin)");
        assert_eq!(with(r#""v3.event""#), "evt_1 a.b None");
        assert_eq!(with("7"), "evt_1 a.b None");
    }

    #[test]
    fn a_body_that_is_not_an_event_is_unreadable() {
        assert_eq!(parse_type(&b"\xef\xbb\xbf{}"[..]), Err(Unreadable::ByteOrderMark));
        assert_eq!(parse_type(&b"{\"id\":\"\xff\"}"[..]), Err(Unreadable::NotUtf8));
        for not_json in
            ["", " ", "{", "{}x", "nul", r#"{"id":}"#, r#"{"id":"a","type":"b"}}"#, "{'id':1}", "[1,"]
        {
            assert_eq!(parse_type(not_json), Err(Unreadable::NotJson), "{not_json}");
        }
        for other in ["[]", "null", "1", r#""{}""#] {
            assert_eq!(parse_type(other), Err(Unreadable::NotAnObject), "{other}");
        }
        for no_id in [
            r#"{"type":"a.b"}"#,
            r#"{"id":null,"type":"a.b"}"#,
            r#"{"id":"","type":"a.b"}"#,
            r#"{"id":7,"type":"b"}"#,
        ] {
            assert_eq!(parse_type(no_id), Err(Unreadable::NoId), "{no_id}");
        }
        assert_eq!(parse_type(r#"{"id":"evt_1","type":["a.b"]}"#), Err(Unreadable::NoType));
    }

    #[test]
    fn what_is_odd_in_a_member_that_nobody_reads_does_no_harm() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        for odd in [&deep, r#""\ud800""#, "1e400", r#"{"a":1,"a":2}"#, r#""\u0000""#, "-0.0"] {
            let json = format!(
                r#"{{"future":{odd},"account":{odd},"id":"evt_1","data":{{"object":{odd}}},"type":"a.b"}}"#
            );
            assert_eq!(parse_type(json).unwrap(), "evt_1 a.b None");
        }
    }

    #[test]
    fn an_odd_key_that_nobody_reads_does_no_harm() {
        let json = r#"{"\ud800":1,"\u0000":2,"":3,"\u0069d":"evt_1","type":"a.b","data":{"\udfff":4}}"#;
        assert_eq!(parse_type(json).unwrap(), "evt_1 a.b None");
        let body = Bytes::from(json);
        assert_eq!(Envelope::parse(&body).unwrap().raw_nested_member("data", "object").unwrap(), None);
    }

    #[test]
    fn of_a_member_that_comes_twice_the_last_counts() {
        assert_eq!(
            parse_type(r#"{"id":"evt_1","id":"evt_2","type":"a","type":"b"}"#).unwrap(),
            "evt_2 b None"
        );
    }

    #[test]
    fn members_are_typed_when_they_are_asked_for() {
        let body = Bytes::from(
            r#"{"id":"e","type":"t","account":5,"context":"a\u0062","request":"req_1","livemode":true}"#,
        );
        let envelope = Envelope::parse(&body).unwrap();
        assert_eq!(envelope.text_member("context").unwrap().unwrap(), "ab");
        assert_eq!(envelope.text_member("api_version").unwrap(), None);
        assert_eq!(envelope.scalar_member::<bool>("livemode", "a boolean").unwrap(), Some(true));
        assert_eq!(envelope.text_member("account").unwrap_err().to_string(), "account: expected a string");
        assert_eq!(
            envelope.nested_text_member("request", "id").unwrap_err().to_string(),
            "request: expected an object"
        );
    }
}
