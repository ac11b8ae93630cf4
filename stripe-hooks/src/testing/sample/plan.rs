//! The description of a sample, and the code that makes an event from it.

use super::{
    fix_amounts::fix_amounts,
    json::JsonValue,
    maker::{SampleMaker, object_id},
    path::{self, FieldChange, Misfit, ValueSpec},
    previous_attributes,
    table::{implied, resource_path, thin_data},
    thin_schema,
};
use crate::{
    catalogue::{self, EventForm, EventInfo},
    events::API_VERSION,
    fields::rfc3339,
    schema::{Kind, Shape},
    testing::{Form, random::SeededRandom},
};

/// Default time of samples: midnight of the day of the API version that the crate follows, in Unix
/// seconds.
pub const SAMPLE_TIME: i64 = rfc3339::unix_at_midnight(API_VERSION);

/// All settings of a sample.
#[derive(Debug, Clone)]
pub(super) struct SamplePlan {
    pub(super) info: &'static EventInfo,
    pub(super) form: Form,
    pub(super) seed: u64,
    pub(super) happened_at: i64,
    pub(super) livemode: bool,
    pub(super) event_id: Option<String>,
    pub(super) account: Option<String>,
    pub(super) changes: Vec<FieldChange>,
    pub(super) previous_changes: Vec<FieldChange>,
}

impl SamplePlan {
    pub(super) fn new(info: &'static EventInfo) -> Self {
        Self {
            info,
            form: Form::default(),
            seed: 0,
            happened_at: SAMPLE_TIME,
            livemode: false,
            event_id: None,
            account: None,
            changes: Vec::new(),
            previous_changes: Vec::new(),
        }
    }

    /// Returns the shape that changes apply to: the shape of the object, or the shape of a thin
    /// event.
    fn changed_shape(&self) -> &'static Shape {
        match self.info.form {
            EventForm::Thin => &thin_schema::THIN_EVENT,
            EventForm::Snapshot => self.object_shape().unwrap_or(&thin_schema::UNTYPED_OBJECT),
        }
    }

    /// Returns the shape of the object. If the object can be of several kinds, a change of `object`
    /// selects the kind; the default is the first.
    pub(super) fn object_shape(&self) -> Option<&'static Shape> {
        let named = self.changes.iter().rev().find(|change| change.path == "object");
        let tags = self.info.objects;
        let named = named.and_then(|change| change.value.as_str()).filter(|tag| tags.contains(tag));
        crate::schema::find_shape(named.or(tags.first().copied())?)
    }

    pub(super) fn parse_change(
        &self,
        path: &str,
        read: impl FnOnce(ValueSpec) -> Result<JsonValue, Misfit>,
    ) -> Result<FieldChange, Misfit> {
        let steps = path::parse_path(path)?;
        let place = if path == "object" && self.info.objects.len() > 1 {
            ValueSpec { kind: Kind::Text, nullable: false }
        } else {
            path::resolve_path(self.changed_shape(), &steps, path)?
        };
        let value = read(place)?;
        if path == "object" && !value.as_str().is_some_and(|tag| self.info.objects.contains(&tag)) {
            let tags: Vec<_> = self.info.objects.iter().map(|tag| format!("`{tag}`")).collect();
            return Err(Misfit::new(format_args!(
                "`object` of `{}` can be {}",
                self.info.name,
                tags.join(" or ")
            )));
        }
        Ok(FieldChange { path: path.to_owned(), steps, value })
    }

    fn to_maker(&self) -> SampleMaker<'_> {
        let changed = |path: &str| self.changes.iter().rev().find(|change| change.path == path);
        let amount = 1_000
            + 100 * (SeededRandom::from_seed_and_place(self.seed, "amount").next_u64() % 90).cast_signed();
        SampleMaker {
            seed: self.seed,
            form: self.form,
            happened_at: self.happened_at,
            livemode: self.livemode,
            amount: changed("amount").and_then(|change| change.value.as_i64()).unwrap_or(amount),
            currency: changed("currency").and_then(|change| change.value.as_str()).unwrap_or("usd"),
            event_name: self.info.name,
            implied_fields: implied(self.info.name),
        }
    }

    /// Returns the plan of the twin event. The thin event of a pair names the snapshot event, and
    /// both name the same object.
    pub(super) fn twin_plan(&self) -> Option<Self> {
        let info = catalogue::lookup(self.info.twin?)?;
        let event = self.make_event();
        let snapshot_id = event.get("snapshot_event").and_then(JsonValue::as_str).map(str::to_owned);
        let mut twin = SamplePlan {
            info,
            event_id: snapshot_id,
            changes: Vec::new(),
            previous_changes: Vec::new(),
            ..self.clone()
        };
        let tie = |path: &str, value: Option<&JsonValue>| {
            let value = value.filter(|value| **value != JsonValue::Null)?.clone();
            twin.parse_change(path, |_| Ok(value)).ok()
        };
        let ties = match info.form {
            EventForm::Thin => {
                let id = event.get("data").and_then(|data| data.get("object")?.get("id"));
                let id = id.filter(|_| twin.make_event().get("related_object").is_some());
                [tie("snapshot_event", event.get("id")), tie("related_object.id", id)]
            }
            EventForm::Snapshot => {
                let id = event.get("related_object").and_then(|object| object.get("id"));
                [tie("id", id), None]
            }
        };
        let ties = ties.into_iter().flatten().collect();
        twin.changes = ties;
        Some(twin)
    }

    pub(super) fn event_id(&self) -> String {
        self.event_id.clone().unwrap_or_else(|| default_event_id(self.seed, self.info, self.happened_at))
    }

    pub(super) fn make_object(&self) -> JsonValue {
        let maker = self.to_maker();
        let Some(shape) = self.object_shape() else {
            let tag = self.info.objects.first().copied();
            let id = tag.map(|tag| JsonValue::Text(object_id(self.seed, tag)));
            return self.apply_changes(
                JsonValue::from_members([("id", id), ("object", tag.map(JsonValue::from_text))]),
                &thin_schema::UNTYPED_OBJECT,
            );
        };
        let mut object = maker.make_object(shape);
        // The full form has all members at once, whether they are consistent or not.
        if self.form != Form::Full {
            fix_amounts(&mut object);
        }
        if let ("invoice.upcoming", JsonValue::Object(members)) = (self.info.name, &mut object) {
            // An invoice that does not exist yet has no id.
            members.retain(|(name, _)| name != "id");
        }
        self.apply_changes(object, shape)
    }

    fn apply_changes(&self, mut object: JsonValue, shape: &'static Shape) -> JsonValue {
        for FieldChange { path, steps, value } in &self.changes {
            // The path was checked when the change was made.
            let _ = self.to_maker().set_at_path(&mut object, shape, steps, value, path);
        }
        object
    }

    pub(super) fn make_event(&self) -> JsonValue {
        match self.info.form {
            EventForm::Snapshot => self.make_snapshot_event(),
            EventForm::Thin => self.make_thin_event(),
        }
    }

    fn make_snapshot_event(&self) -> JsonValue {
        let object = self.make_object();
        let previous = self.object_shape().and_then(|shape| {
            previous_attributes::previous_attributes(&self.previous_changes, self.info.name, shape, &object)
        });
        let account =
            self.account.clone().or_else(|| self.is_connect_event().then(|| object_id(self.seed, "account")));
        let context = account.clone().filter(|_| self.form == Form::Full);
        let data = JsonValue::from_members([("object", Some(object)), ("previous_attributes", previous)]);
        JsonValue::from_members([
            ("id", Some(JsonValue::Text(self.event_id()))),
            ("object", Some(JsonValue::from_text("event"))),
            ("account", account.map(JsonValue::Text)),
            ("api_version", Some(JsonValue::from_text(API_VERSION))),
            ("context", context.map(JsonValue::Text)),
            ("created", Some(JsonValue::Integer(self.happened_at))),
            ("data", Some(data)),
            ("livemode", Some(JsonValue::Flag(self.livemode))),
            ("pending_webhooks", Some(JsonValue::Integer(1))),
            ("request", Some(self.make_request())),
            ("type", Some(JsonValue::from_text(self.info.name))),
        ])
    }

    fn make_thin_event(&self) -> JsonValue {
        let context = self.account.clone().or_else(|| {
            (self.is_connect_event() || self.form == Form::Full).then(|| object_id(self.seed, "account"))
        });
        let reason = JsonValue::from_members([
            ("type", Some(JsonValue::from_text("request"))),
            ("request", Some(self.make_request())),
        ]);
        let related = self.info.objects.first().map(|tag| {
            let id = object_id(self.seed, tag);
            let url = resource_path(tag).replace("{id}", &id);
            JsonValue::from_members([
                ("id", Some(JsonValue::Text(id))),
                ("type", Some(JsonValue::from_text(*tag))),
                ("url", Some(JsonValue::Text(url))),
            ])
        });
        let twin = self.info.twin.and_then(catalogue::lookup);
        let data = thin_data(self.info.name).filter(|_| self.form == Form::Full);
        let event = JsonValue::from_members([
            ("id", Some(JsonValue::Text(self.event_id()))),
            ("object", Some(JsonValue::from_text("v2.core.event"))),
            ("type", Some(JsonValue::from_text(self.info.name))),
            ("livemode", Some(JsonValue::Flag(self.livemode))),
            ("created", Some(JsonValue::Text(rfc3339::format_rfc3339(self.happened_at)))),
            ("context", context.map(JsonValue::Text)),
            ("reason", (self.form != Form::Minimal).then_some(reason)),
            ("related_object", related),
            ("data", data.map(|shape| self.to_maker().make_object(shape))),
            (
                "snapshot_event",
                twin.map(|twin| JsonValue::Text(default_event_id(self.seed, twin, self.happened_at))),
            ),
        ]);
        self.apply_changes(event, &thin_schema::THIN_EVENT)
    }

    fn make_request(&self) -> JsonValue {
        if self.form == Form::Minimal {
            return JsonValue::from_members([
                ("id", Some(JsonValue::Null)),
                ("idempotency_key", Some(JsonValue::Null)),
            ]);
        }
        let random = &mut SeededRandom::from_seed_and_place(self.seed, "request");
        let id = format!("req_{}", random.alphanumeric(14));
        let key = [8, 4, 4, 4, 12].map(|digits| random.hexadecimal(digits)).join("-");
        JsonValue::from_members([
            ("id", Some(JsonValue::Text(id))),
            ("idempotency_key", Some(JsonValue::Text(key))),
        ])
    }

    /// Returns `true` if the event comes from connected accounts by its nature.
    fn is_connect_event(&self) -> bool {
        let name = self.info.name.strip_prefix("v1.").unwrap_or(self.info.name);
        ["account.", "capability.", "person."].iter().any(|start| name.starts_with(start))
    }
}

/// Returns the id of an event. The id depends on the time too, so that two updates of one object
/// are two events.
fn default_event_id(seed: u64, info: &EventInfo, happened: i64) -> String {
    let random = &mut SeededRandom::from_seed_and_place(seed, &format!("{} {happened}", info.name));
    match info.form {
        EventForm::Snapshot => format!("evt_1{}", random.alphanumeric(23)),
        EventForm::Thin => format!("evt_test_65{}", random.alphanumeric(45)),
    }
}
