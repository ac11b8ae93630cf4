//! Samples of every event that Stripe sends.
//!
//! A sample is made from the catalogue of the API's shapes: its object has every field that Stripe always sends, ids of the right
//! form, values that fit the name of the event, and times in order. Samples of one seed speak of the same things: the
//! `payment_intent` of a sample charge is the id of the sample payment intent.
//!
//! ```
//! use stripe_hooks::testing::sample;
//!
//! let event = sample::payment_intent_succeeded().amount(4200).set("metadata.order_id", "42");
//! assert!(event.body().contains(r#""amount": 4200"#));
//! ```
//!
//! There is a function for each event; [`event`] finds one by the event's name. The setters that
//! carry a field's name are those of the object that the event carries, and [`set`](Sample::set)
//! reaches every field by its path.

mod constructors;
mod field_time;
mod fix_amounts;
mod form;
mod json;
mod maker;
mod path;
mod plan;
mod plausible_values;
mod previous_attributes;
mod setters;
mod table;
mod thin_schema;

use std::{error::Error, fmt, marker::PhantomData};

use serde::Serialize;

pub use self::{constructors::*, form::Form, path::Misfit, plan::SAMPLE_TIME};
use self::{json::JsonValue, path::ValueSpec, plan::SamplePlan};
use crate::{
    catalogue::{self, EventForm, EventInfo, EventStatus},
    decode::{DecodeError, Object},
    event::ThinEvent,
    schema::{HasSchema, nearest_name::nearest_in_iterator},
    testing::random::SeededRandom,
};

/// An event to be: what it says can be changed until it is sent.
///
/// `T` is what a handler of the event takes, and decides which setters there are: an object such as
/// [`PaymentIntent`](crate::objects::PaymentIntent), [`ThinEvent`], or `()` for an event that was found by its name.
pub struct Sample<T = ()> {
    plan: SamplePlan,
    object: PhantomData<fn() -> T>,
}

/// The sample of an event by its name on the wire, previews included: these carry an object of which only the tag is known.
///
/// # Errors
/// When Stripe sends no such event; the message names the nearest.
pub fn event(name: &str) -> Result<Sample, UnknownEvent> {
    let info = catalogue::lookup(name).ok_or_else(|| UnknownEvent::new(name))?;
    Ok(Sample::from_info(info))
}

/// The samples of all events that are generally available, snapshot and thin, sorted by name.
pub fn all() -> impl Iterator<Item = Sample> {
    catalogue::all()
        .iter()
        .filter(|info| info.status == EventStatus::Available)
        .map(|info| Sample::from_info(info))
}

/// Puts samples into an order that depends on the seed alone.
pub fn shuffle<T>(samples: &mut [T], seed: u64) {
    SeededRandom::from_seed_and_place(seed, "order").shuffle(samples);
}

/// A name that Stripe sends no event of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownEvent(String);

impl UnknownEvent {
    fn new(name: &str) -> Self {
        let hint = match catalogue::retired().iter().find(|event| event.name == name) {
            Some(event) => match event.see {
                Some(see) => format!("it did until {}; use `{see}`", event.until),
                None => format!("it did until {}", event.until),
            },
            None => {
                let available =
                    catalogue::all().iter().filter(|event| event.status == EventStatus::Available);
                match nearest_in_iterator(name, available.map(|event| event.name)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`stripe-hooks events` lists all that it sends".to_owned(),
                }
            }
        };
        Self(format!("Stripe sends no event `{name}`; {hint}"))
    }
}

impl fmt::Display for UnknownEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for UnknownEvent {}

impl<T> Sample<T> {
    #[inline]
    pub(crate) fn from_info(info: &'static EventInfo) -> Self {
        Self { plan: SamplePlan::new(info), object: PhantomData }
    }

    /// What the catalogue knows of the event.
    #[must_use]
    pub fn info(&self) -> &'static EventInfo {
        self.plan.info
    }

    /// Returns the same sample without the setters of its object.
    #[must_use]
    pub fn untyped(self) -> Sample {
        Sample { plan: self.plan, object: PhantomData }
    }

    /// Puts a value at a path of the object, such as `metadata.order_id` or `items.data[0].price.id`; of a thin event, at a path of the
    /// event. What is missing on the way there is made.
    ///
    /// # Panics
    /// When the object cannot have such a path or value; [`try_set`](Self::try_set) says so instead.
    #[must_use]
    #[track_caller]
    pub fn set(self, path: &str, value: impl Serialize) -> Self {
        or_panic(self.try_set(path, value))
    }

    /// Puts a value at a path, as [`set`](Self::set) does.
    ///
    /// # Errors
    /// When the object cannot have such a path or value; the message tells what may have been meant.
    pub fn try_set(mut self, path: &str, value: impl Serialize) -> Result<Self, Misfit> {
        let change = self.plan.parse_change(path, |place| {
            let value = to_json(value)?;
            place.check_value(path, &value)?;
            Ok(value)
        })?;
        self.plan.changes.push(change);
        Ok(self)
    }

    /// Puts a value at a path, read from a text as the field's kind wants it: `4200` is a number at `amount` and a text at
    /// `metadata.order_id`.
    ///
    /// # Errors
    /// As [`try_set`](Self::try_set).
    pub fn try_set_text(mut self, path: &str, text: &str) -> Result<Self, Misfit> {
        let change = self.plan.parse_change(path, |place| place.parse_value(path, text))?;
        self.plan.changes.push(change);
        Ok(self)
    }

    /// Says what an attribute of the object was before: `previous_attributes` of an update. The first call replaces what the sample of
    /// an `*.updated` event says by itself.
    ///
    /// # Panics
    /// When the object cannot have such a path or value.
    #[must_use]
    #[track_caller]
    pub fn previous(self, path: &str, value: impl Serialize) -> Self {
        or_panic(self.try_previous(path, |place| {
            let value = to_json(value)?;
            place.check_value(path, &value)?;
            Ok(value)
        }))
    }

    /// As [`previous`](Self::previous), with the value read from a text.
    ///
    /// # Errors
    /// When the object cannot have such a path or value.
    pub fn try_previous_text(self, path: &str, text: &str) -> Result<Self, Misfit> {
        self.try_previous(path, |place| place.parse_value(path, text))
    }

    fn try_previous(
        mut self,
        path: &str,
        read: impl FnOnce(ValueSpec) -> Result<JsonValue, Misfit>,
    ) -> Result<Self, Misfit> {
        if self.plan.info.form == EventForm::Thin {
            return Err(Misfit::new("a thin event has no `previous_attributes`"));
        }
        // What was not there before is null in `previous_attributes`, whatever the field.
        let change = self.plan.parse_change(path, |place| read(ValueSpec { nullable: true, ..place }))?;
        self.plan.previous_changes.push(change);
        Ok(self)
    }

    /// How much of what Stripe may leave out the sample has: [`Form::Typical`] unless set.
    #[must_use]
    pub fn form(mut self, form: Form) -> Self {
        self.plan.form = form;
        self
    }

    /// Makes another event of the same kind, about other objects. Samples of one seed, 0 unless set, are about the same objects.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.plan.seed = seed;
        self
    }

    /// When the event happened, in Unix seconds: [`SAMPLE_TIME`] unless set. The times in its object go with it.
    #[must_use]
    pub fn happened_at(mut self, unix: i64) -> Self {
        self.plan.happened_at = unix;
        self
    }

    /// Says that the event tells of real money, in the envelope and in its object.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.plan.livemode = true;
        self
    }

    /// Gives the event this id, `evt_…`.
    #[must_use]
    pub fn with_event_id(mut self, id: impl Into<String>) -> Self {
        self.plan.event_id = Some(id.into());
        self
    }

    /// Says that the event comes from this connected account, `acct_…`: `account` of a snapshot event, `context` of a thin one.
    #[must_use]
    pub fn from_account(mut self, id: impl Into<String>) -> Self {
        self.plan.account = Some(id.into());
        self
    }

    /// The event of the other form that tells of the same change, about the same object: the thin one names the snapshot in
    /// `snapshot_event`. `None` where Stripe sends but one form.
    ///
    /// Changes of the object are kept on the way to a thin twin as far as it names the object, and lost on the way back.
    #[must_use]
    pub fn twin(&self) -> Option<Sample> {
        Some(Sample { plan: self.plan.twin_plan()?, object: PhantomData })
    }

    /// The id of the event.
    #[must_use]
    pub fn event_id(&self) -> String {
        self.plan.event_id()
    }

    /// The event as Stripe writes it on the wire: JSON, indented by two spaces.
    #[must_use]
    pub fn body(&self) -> String {
        // Texts and numbers only, so that it cannot fail.
        serde_json::to_string_pretty(&self.plan.make_event()).unwrap_or_default()
    }

    /// The JSON of the object alone; of a thin event, of the whole event.
    #[must_use]
    pub fn object_json(&self) -> String {
        let object = match self.plan.info.form {
            EventForm::Snapshot => self.plan.make_object(),
            EventForm::Thin => self.plan.make_event(),
        };
        serde_json::to_string_pretty(&object).unwrap_or_default()
    }
}

impl<T: Object> Sample<T> {
    /// The object itself, to call a function with that takes one.
    ///
    /// # Errors
    /// When a change has made something of it that does not decode.
    pub fn object(&self) -> Result<T, DecodeError> {
        T::decode(&self.object_json())
    }
}

#[allow(clippy::panic, reason = "a test stops where it is written wrong")]
#[track_caller]
fn or_panic<T>(result: Result<T, Misfit>) -> T {
    match result {
        Ok(value) => value,
        Err(misfit) => panic!("{misfit}"),
    }
}

fn to_json(value: impl Serialize) -> Result<JsonValue, Misfit> {
    serde_json::to_value(value).map(|value| JsonValue::from(&value)).map_err(Misfit::new)
}

/// Converts a typed sample, as [`untyped`](Sample::untyped) does, so that a function that takes
/// `impl Into<Sample>` accepts it.
impl<T: HasSchema> From<Sample<T>> for Sample {
    fn from(sample: Sample<T>) -> Self {
        sample.untyped()
    }
}

impl From<Sample<ThinEvent>> for Sample {
    fn from(sample: Sample<ThinEvent>) -> Self {
        sample.untyped()
    }
}

impl<T> From<&Sample<T>> for Sample {
    fn from(sample: &Sample<T>) -> Self {
        sample.clone().untyped()
    }
}

impl<T> Clone for Sample<T> {
    fn clone(&self) -> Self {
        Self { plan: self.plan.clone(), object: PhantomData }
    }
}

impl<T> fmt::Debug for Sample<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("event", &self.plan.info.name)
            .field("id", &self.event_id())
            .finish_non_exhaustive()
    }
}

/// The body, as Stripe writes it.
impl<T> fmt::Display for Sample<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.body())
    }
}
