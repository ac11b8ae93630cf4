//! The description of a sample, and the code that makes an event from it.

use super::{
    json::Json,
    make::{Maker, id_of},
    path::{self, Change, Misfit, Place},
    previous,
    settle::settle,
    table::{implied, resource_path, thin_data},
    thin,
};
use crate::{
    catalogue::{self, EventForm, EventInfo},
    events::API_VERSION,
    fields::rfc3339,
    schema::{Kind, Shape},
    testing::{Form, random::Random},
};

/// Default time of samples: midnight of the day of the API version that the crate follows, in Unix
/// seconds.
pub const SAMPLE_TIME: i64 = rfc3339::midnight(API_VERSION);

/// All settings of a sample.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) info: &'static EventInfo,
    pub(super) form: Form,
    pub(super) seed: u64,
    pub(super) happened: i64,
    pub(super) livemode: bool,
    pub(super) event_id: Option<String>,
    pub(super) account: Option<String>,
    pub(super) changes: Vec<Change>,
    pub(super) previous: Vec<Change>,
}

impl Plan {
    pub(super) fn new(info: &'static EventInfo) -> Self {
        Self {
            info,
            form: Form::default(),
            seed: 0,
            happened: SAMPLE_TIME,
            livemode: false,
            event_id: None,
            account: None,
            changes: Vec::new(),
            previous: Vec::new(),
        }
    }

    /// Returns the shape that changes apply to: the shape of the object, or the shape of a thin
    /// event.
    fn shape(&self) -> &'static Shape {
        match self.info.form {
            EventForm::Thin => &thin::EVENT,
            EventForm::Snapshot => self.object_shape().unwrap_or(&thin::UNTYPED),
        }
    }

    /// Returns the shape of the object. If the object can be of several kinds, a change of `object`
    /// selects the kind; the default is the first.
    pub(super) fn object_shape(&self) -> Option<&'static Shape> {
        let named = self.changes.iter().rev().find(|change| change.path == "object");
        let tags = self.info.objects;
        let named = named.and_then(|change| change.value.as_str()).filter(|tag| tags.contains(tag));
        crate::schema::find(named.or(tags.first().copied())?)
    }

    pub(super) fn change(
        &self,
        path: &str,
        read: impl FnOnce(Place) -> Result<Json, Misfit>,
    ) -> Result<Change, Misfit> {
        let steps = path::parse(path)?;
        let place = if path == "object" && self.info.objects.len() > 1 {
            Place { kind: Kind::Text, nullable: false }
        } else {
            path::find(self.shape(), &steps, path)?
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
        Ok(Change { path: path.to_owned(), steps, value })
    }

    fn maker(&self) -> Maker<'_> {
        let changed = |path: &str| self.changes.iter().rev().find(|change| change.path == path);
        let amount = 1_000 + 100 * (Random::of(self.seed, "amount").next() % 90).cast_signed();
        Maker {
            seed: self.seed,
            form: self.form,
            now: self.happened,
            livemode: self.livemode,
            amount: changed("amount").and_then(|change| change.value.as_i64()).unwrap_or(amount),
            currency: changed("currency").and_then(|change| change.value.as_str()).unwrap_or("usd"),
            event: self.info.name,
            implied: implied(self.info.name),
        }
    }

    /// Returns the plan of the twin event. The thin event of a pair names the snapshot event, and
    /// both name the same object.
    pub(super) fn twin(&self) -> Option<Self> {
        let info = catalogue::lookup(self.info.twin?)?;
        let event = self.event();
        let snapshot_id = event.get("snapshot_event").and_then(Json::as_str).map(str::to_owned);
        let mut twin =
            Plan { info, event_id: snapshot_id, changes: Vec::new(), previous: Vec::new(), ..self.clone() };
        let tie = |path: &str, value: Option<&Json>| {
            let value = value.filter(|value| **value != Json::Null)?.clone();
            twin.change(path, |_| Ok(value)).ok()
        };
        let ties = match info.form {
            EventForm::Thin => {
                let id = event.get("data").and_then(|data| data.get("object")?.get("id"));
                let id = id.filter(|_| twin.event().get("related_object").is_some());
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
        self.event_id.clone().unwrap_or_else(|| event_id(self.seed, self.info, self.happened))
    }

    pub(super) fn object(&self) -> Json {
        let maker = self.maker();
        let Some(shape) = self.object_shape() else {
            let tag = self.info.objects.first().copied();
            let id = tag.map(|tag| Json::Text(id_of(self.seed, tag)));
            return self.changed(Json::object([("id", id), ("object", tag.map(Json::text))]), &thin::UNTYPED);
        };
        let mut object = maker.root(shape);
        // The full form has all members at once, whether they are consistent or not.
        if self.form != Form::Full {
            settle(&mut object);
        }
        if let ("invoice.upcoming", Json::Object(members)) = (self.info.name, &mut object) {
            // An invoice that does not exist yet has no id.
            members.retain(|(name, _)| name != "id");
        }
        self.changed(object, shape)
    }

    fn changed(&self, mut object: Json, shape: &'static Shape) -> Json {
        for Change { path, steps, value } in &self.changes {
            // The path was checked when the change was made.
            let _ = self.maker().put(&mut object, shape, steps, value, path);
        }
        object
    }

    pub(super) fn event(&self) -> Json {
        match self.info.form {
            EventForm::Snapshot => self.snapshot(),
            EventForm::Thin => self.thin(),
        }
    }

    fn snapshot(&self) -> Json {
        let object = self.object();
        let previous = self
            .object_shape()
            .and_then(|shape| previous::attributes(&self.previous, self.info.name, shape, &object));
        let account =
            self.account.clone().or_else(|| self.is_of_connect().then(|| id_of(self.seed, "account")));
        let context = account.clone().filter(|_| self.form == Form::Full);
        let data = Json::object([("object", Some(object)), ("previous_attributes", previous)]);
        Json::object([
            ("id", Some(Json::Text(self.event_id()))),
            ("object", Some(Json::text("event"))),
            ("account", account.map(Json::Text)),
            ("api_version", Some(Json::text(API_VERSION))),
            ("context", context.map(Json::Text)),
            ("created", Some(Json::Integer(self.happened))),
            ("data", Some(data)),
            ("livemode", Some(Json::Flag(self.livemode))),
            ("pending_webhooks", Some(Json::Integer(1))),
            ("request", Some(self.request())),
            ("type", Some(Json::text(self.info.name))),
        ])
    }

    fn thin(&self) -> Json {
        let context = self.account.clone().or_else(|| {
            (self.is_of_connect() || self.form == Form::Full).then(|| id_of(self.seed, "account"))
        });
        let reason = Json::object([("type", Some(Json::text("request"))), ("request", Some(self.request()))]);
        let related = self.info.objects.first().map(|tag| {
            let id = id_of(self.seed, tag);
            let url = resource_path(tag).replace("{id}", &id);
            Json::object([
                ("id", Some(Json::Text(id))),
                ("type", Some(Json::text(*tag))),
                ("url", Some(Json::Text(url))),
            ])
        });
        let twin = self.info.twin.and_then(catalogue::lookup);
        let data = thin_data(self.info.name).filter(|_| self.form == Form::Full);
        let event = Json::object([
            ("id", Some(Json::Text(self.event_id()))),
            ("object", Some(Json::text("v2.core.event"))),
            ("type", Some(Json::text(self.info.name))),
            ("livemode", Some(Json::Flag(self.livemode))),
            ("created", Some(Json::Text(rfc3339::format(self.happened)))),
            ("context", context.map(Json::Text)),
            ("reason", (self.form != Form::Minimal).then_some(reason)),
            ("related_object", related),
            ("data", data.map(|shape| self.maker().root(shape))),
            ("snapshot_event", twin.map(|twin| Json::Text(event_id(self.seed, twin, self.happened)))),
        ]);
        self.changed(event, &thin::EVENT)
    }

    fn request(&self) -> Json {
        if self.form == Form::Minimal {
            return Json::object([("id", Some(Json::Null)), ("idempotency_key", Some(Json::Null))]);
        }
        let random = &mut Random::of(self.seed, "request");
        let id = format!("req_{}", random.letters(14));
        let key = [8, 4, 4, 4, 12].map(|digits| random.hexadecimal(digits)).join("-");
        Json::object([("id", Some(Json::Text(id))), ("idempotency_key", Some(Json::Text(key)))])
    }

    /// Returns `true` if the event comes from connected accounts by its nature.
    fn is_of_connect(&self) -> bool {
        let name = self.info.name.strip_prefix("v1.").unwrap_or(self.info.name);
        ["account.", "capability.", "person."].iter().any(|start| name.starts_with(start))
    }
}

/// Returns the id of an event. The id depends on the time too, so that two updates of one object
/// are two events.
fn event_id(seed: u64, info: &EventInfo, happened: i64) -> String {
    let random = &mut Random::of(seed, &format!("{} {happened}", info.name));
    match info.form {
        EventForm::Snapshot => format!("evt_1{}", random.letters(23)),
        EventForm::Thin => format!("evt_test_65{}", random.letters(45)),
    }
}
