// The types of `stripe_hooks` that `#[on_event]` recognizes by name, by the events that have them.
//
// The macro crate cannot name the types themselves, because the runtime depends on it. So a test of
// the runtime includes this list too: it lets the compiler resolve each name and compares the
// groups with the runtime's implementations.
known_types! {
    // Each event that can be the source of such an argument has it, so an `Option` of it is a
    // mistake.
    EveryEvent: EventId, EventTypeName, Livemode, Raw, State, ThinEvent;
    // Facts that a snapshot event may have and a thin event never has.
    SnapshotEvents: ConnectedAccount, ApiVersion, PreviousAttributes;
    // No fact of an event: the wrapper of a payload, and the transaction that an inbox lends.
    NoEvent: Event, InboxTx;
}
