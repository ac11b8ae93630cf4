//! What `chaos` finds: a shop that ships what is paid for, right once, and wrong in six ways that every test with one delivery passes.
//!
//! ```sh
//! cargo run --example chaos
//! ```

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use stripe_hooks::{
    EndpointName, Event, EventId, State, ThinEvent, Timestamp,
    objects::{CheckoutSession, Subscription, SubscriptionStatus},
    on_event,
    signature::Secret,
    testing::{Chaos, Counterexample, Flaky, Storm, TestEndpoint, sample},
};

/// What the shop keeps, where a real one has a database.
#[derive(Clone)]
struct Shop {
    books: Arc<Mutex<Books>>,
    warehouse: Flaky,
}

#[derive(Default)]
struct Books {
    shipped: Vec<String>,
    remembered: BTreeSet<String>,
    status: Option<(Timestamp, SubscriptionStatus)>,
}

impl Shop {
    fn new(storm: &Storm) -> Self {
        Self { books: Arc::default(), warehouse: storm.flaky() }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ship(&self, session: &str) {
        self.books().shipped.push(session.to_owned());
    }

    /// Asks the warehouse, which takes its time and is away now and then.
    async fn is_in_stock(&self) -> Result<(), String> {
        tokio::task::yield_now().await;
        if self.warehouse.fails() { Err("the warehouse does not answer".to_owned()) } else { Ok(()) }
    }
}

mod right {
    use super::*;

    #[derive(EndpointName)]
    pub(crate) struct Right;

    /// One write decides whether it is new, after all that can fail; the session tells a twin from another sale.
    #[on_event("checkout.session.completed", endpoint = Right)]
    async fn ship(session: CheckoutSession, State(shop): State<Shop>) -> Result<(), String> {
        shop.is_in_stock().await?;
        if shop.books().remembered.insert(session.id.to_string()) {
            shop.ship(session.id.as_str());
        }
        Ok(())
    }

    #[on_event("v1.checkout.session.completed", endpoint = Right)]
    async fn ship_too(event: ThinEvent, State(shop): State<Shop>) -> Result<(), String> {
        shop.is_in_stock().await?;
        let session = event.related_object.ok_or("no session")?.id.to_string();
        if shop.books().remembered.insert(session.clone()) {
            shop.ship(&session);
        }
        Ok(())
    }

    /// Keeps the newest that has come so far, whenever the others come.
    #[on_event("customer.subscription.*", endpoint = Right)]
    async fn follow(event: Event<Subscription>, State(shop): State<Shop>) {
        let mut books = shop.books();
        if books.status.as_ref().is_none_or(|(known, _)| *known < event.created) {
            books.status = Some((event.created, event.data.object.status));
        }
    }
}

mod wrong {
    use super::*;

    #[derive(EndpointName)]
    pub(crate) struct Forgetful;

    #[on_event("checkout.session.completed", endpoint = Forgetful)]
    async fn ship_whenever_it_comes(session: CheckoutSession, State(shop): State<Shop>) {
        shop.ship(session.id.as_str());
    }

    #[derive(EndpointName)]
    pub(crate) struct Hesitant;

    #[on_event("checkout.session.completed", endpoint = Hesitant)]
    async fn look_and_then_remember(id: EventId, session: CheckoutSession, State(shop): State<Shop>) {
        let known = shop.books().remembered.contains(id.as_str());
        if !known {
            let _ = shop.is_in_stock().await;
            shop.ship(session.id.as_str());
            shop.books().remembered.insert(id.to_string());
        }
    }

    #[derive(EndpointName)]
    pub(crate) struct Hasty;

    #[on_event("checkout.session.completed", endpoint = Hasty)]
    async fn ship_before_it_can_fail(
        id: EventId,
        session: CheckoutSession,
        State(shop): State<Shop>,
    ) -> Result<(), String> {
        if shop.books().remembered.contains(id.as_str()) {
            return Ok(());
        }
        shop.ship(session.id.as_str());
        shop.is_in_stock().await?;
        shop.books().remembered.insert(id.to_string());
        Ok(())
    }

    #[derive(EndpointName)]
    pub(crate) struct Gullible;

    #[on_event("customer.subscription.*", endpoint = Gullible)]
    async fn believe_the_last_that_comes(event: Event<Subscription>, State(shop): State<Shop>) {
        shop.books().status = Some((event.created, event.data.object.status));
    }

    #[derive(EndpointName)]
    pub(crate) struct Twofold;

    #[on_event("checkout.session.completed", endpoint = Twofold)]
    async fn ship_the_snapshot(id: EventId, session: CheckoutSession, State(shop): State<Shop>) {
        if shop.books().remembered.insert(id.to_string()) {
            shop.ship(session.id.as_str());
        }
    }

    #[on_event("v1.checkout.session.completed", endpoint = Twofold)]
    async fn ship_the_twin(event: ThinEvent, State(shop): State<Shop>) {
        if shop.books().remembered.insert(event.id.to_string()) {
            shop.ship(event.related_object.as_ref().map_or("", |object| &object.id));
        }
    }
}

/// Ships exactly once, however the sale is told.
async fn a_sale<Name: EndpointName>() -> Result<(), Counterexample> {
    let sale = sample::checkout_session_completed().amount_total(4200);
    let check = async |storm: &Storm| {
        let shop = Shop::new(storm);
        let hooks = TestEndpoint::builder().name::<Name>().state(shop.clone()).build();
        storm.deliver(&hooks).await;
        assert_eq!(shop.books().shipped.len(), 1, "what is paid for once is shipped once");
    };
    Chaos::new(sale).search(check).await
}

/// Ends up with what the subscription was last.
async fn a_subscription<Name: EndpointName>() -> Result<(), Counterexample> {
    let at = |hours: i64| sample::SAMPLE_TIME - 3_600 * hours;
    let events = (
        sample::customer_subscription_created().happened_at(at(3)).status("incomplete"),
        sample::customer_subscription_updated().happened_at(at(2)).status("active"),
        sample::customer_subscription_deleted().happened_at(at(1)),
    );
    let check = async |storm: &Storm| {
        let shop = Shop::new(storm);
        let hooks = TestEndpoint::builder().name::<Name>().state(shop.clone()).build();
        storm.deliver(&hooks).await;
        let status = shop.books().status.clone().map(|(_, status)| status);
        assert_eq!(status, Some(SubscriptionStatus::Canceled), "the subscription is over");
    };
    Chaos::new(events).search(check).await
}

/// Where the application has its signing secrets from.
type Source = Box<dyn Fn() -> Vec<Secret> + Send + Sync>;

/// Goes on taking deliveries while the signing secret is rolled.
async fn a_secret(source: fn(&Storm) -> Source) -> Result<(), Counterexample> {
    let check = async |storm: &Storm| {
        let shop = Shop::new(storm);
        let hooks = TestEndpoint::builder()
            .name::<right::Right>()
            .state(shop.clone())
            .secrets_from(source(storm))
            .build();
        storm.deliver(&hooks).await;
    };
    Chaos::new(sample::checkout_session_completed()).search(check).await
}

fn told(shop: &str, result: Result<(), Counterexample>) {
    match result {
        Ok(()) => println!("{shop}: holds in every run"),
        Err(counterexample) => println!("{shop}: {counterexample}\n"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // A check that does not hold panics, and here that is what is wanted.
    std::panic::set_hook(Box::new(|_| {}));
    told("the right shop, a sale", a_sale::<right::Right>().await);
    told("the right shop, a subscription", a_subscription::<right::Right>().await);
    told("the right shop, a secret", a_secret(|storm| Box::new(storm.secrets())).await);
    println!();
    told("a duplicate", a_sale::<wrong::Forgetful>().await);
    told("two at once", a_sale::<wrong::Hesitant>().await);
    told("a failure", a_sale::<wrong::Hasty>().await);
    told("another order", a_subscription::<wrong::Gullible>().await);
    told("a thin twin", a_sale::<wrong::Twofold>().await);
    let read_at_start = |storm: &Storm| -> Source {
        let at_start = storm.secrets()();
        Box::new(move || at_start.clone())
    };
    told("a rolled secret", a_secret(read_at_start).await);
}
