//! One event on its way to one handler: the source of every argument.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
};

use crate::{
    catalogue::template::EventForm,
    decode::DecodeError,
    envelope::Envelope,
    facts::{ApiVersion, ConnectedAccount, Context, EventId, EventTypeName, PreviousAttributes, Request},
    json::Raw,
    rejection::Rejection,
};

/// One event on its way to one handler: the source of the handler's arguments.
#[derive(Debug, Clone, Copy)]
pub struct EventContext<'cx> {
    pub(crate) envelope: &'cx Envelope<'cx>,
    pub(crate) states: &'cx States,
    /// The run, where an inbox has one: an `Arc` of the inbox's own type. Only the inbox reads it,
    /// so this module need not know the type.
    #[cfg(feature = "inbox")]
    pub(crate) current_run: Option<&'cx (dyn Any + Send + Sync)>,
}

impl<'cx> EventContext<'cx> {
    /// The id of the event.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        EventId::from(&*self.envelope.id)
    }

    /// The name of the event.
    #[must_use]
    pub fn event_type(&self) -> EventTypeName {
        EventTypeName::from(&*self.envelope.event_type)
    }

    /// The mode of the event: real money (`true`) or a sandbox.
    ///
    /// # Errors
    /// When the envelope does not contain it.
    pub fn livemode(&self) -> Result<bool, Rejection> {
        self.envelope
            .scalar_member("livemode", "a boolean")?
            .ok_or_else(|| Rejection::missing_value("livemode"))
    }

    /// The connected account that the event comes from.
    ///
    /// # Errors
    /// When it is not a string.
    pub fn account(&self) -> Result<Option<ConnectedAccount>, Rejection> {
        Ok(self.envelope.text_member("account")?.map(|text| ConnectedAccount::from(text.into_owned())))
    }

    /// The context of the event.
    ///
    /// # Errors
    /// When it is not a string.
    pub fn context(&self) -> Result<Option<Context>, Rejection> {
        Ok(self.envelope.text_member("context")?.map(|text| Context::from(text.into_owned())))
    }

    /// The API version that the event was rendered in.
    ///
    /// # Errors
    /// When it is not a string.
    pub fn api_version(&self) -> Result<Option<ApiVersion>, Rejection> {
        Ok(self.envelope.text_member("api_version")?.map(|text| ApiVersion::from(text.into_owned())))
    }

    /// The API request that caused the event: `request` of a snapshot event, `reason.request` of a
    /// thin one.
    ///
    /// # Errors
    /// When it is neither null, an object, nor the bare id that events had until 2017.
    pub fn request(&self) -> Result<Option<Request>, Rejection> {
        let request = match self.envelope.form {
            Some(EventForm::Thin) => self.envelope.raw_nested_member("reason", "request")?,
            _ => self.envelope.raw_member("request"),
        };
        request.map(Request::from_json).transpose()
    }

    /// The old values of the attributes that the update of a snapshot event changed.
    ///
    /// # Errors
    /// When the event has no readable `data`.
    pub fn previous_attributes(&self) -> Result<Option<PreviousAttributes>, Rejection> {
        Ok(self.previous_attributes_json()?.map(|json| PreviousAttributes(self.share_slice(json))))
    }

    /// The untouched JSON of the object that a snapshot event carries.
    ///
    /// # Errors
    /// When the event carries none.
    pub fn object(&self) -> Result<Raw, Rejection> {
        Ok(self.share_slice(self.object_json()?))
    }

    /// The untouched JSON of the whole event.
    #[must_use]
    pub fn body(&self) -> Raw {
        self.envelope.body()
    }

    /// A value that was given to the endpoint's builder.
    #[must_use]
    pub fn state<T: 'static>(&self) -> Option<&'cx T> {
        self.states.get()
    }

    pub(crate) fn object_json(&self) -> Result<&'cx str, Rejection> {
        self.envelope.object_json()?.ok_or_else(|| Rejection::missing_value("data.object"))
    }

    pub(crate) fn previous_attributes_json(&self) -> Result<Option<&'cx str>, Rejection> {
        self.envelope.previous_attributes_json()
    }

    pub(crate) fn share_slice(&self, json: &'cx str) -> Raw {
        self.envelope.share_slice(json)
    }

    /// Reads the object of a snapshot event. A failure names the path in the event and the version
    /// of the API.
    pub(crate) fn decode_object<T>(
        &self,
        decode: fn(&'cx str) -> Result<T, DecodeError>,
    ) -> Result<T, Rejection> {
        // Neither `?` nor closures, because the compiler instantiates this for each type that an
        // object is read as.
        match self.object_json() {
            Ok(json) => match decode(json) {
                Ok(object) => Ok(object),
                Err(error) => Err(self.decode_rejection(error.with_path_prefix("data.object"))),
            },
            Err(rejection) => Err(rejection),
        }
    }

    pub(crate) fn decode_rejection(&self, error: DecodeError) -> Rejection {
        Rejection::undecodable(error, self.api_version().ok().flatten().map(String::from))
    }
}

/// The values that were given to the endpoint's builder, by type.
#[derive(Default)]
pub(crate) struct States(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl States {
    pub(crate) fn insert<T: Any + Send + Sync>(&mut self, value: T) {
        self.0.insert(TypeId::of::<T>(), Box::new(value));
    }

    fn get<T: 'static>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }

    pub(crate) fn contains(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "States({})", self.0.len())
    }
}
