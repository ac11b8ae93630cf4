//! All at once: the real server process, thousands of signed events with duplicates and in random order, and dozens of kills.

use std::{
    sync::{
        Mutex, RwLock,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    child_process::ChildProcess,
    random::random_below,
    test_inbox::{TestInbox, on_both_engines},
};

on_both_engines! {
    #[ignore = "takes minutes; .ci/long runs it"]
    each_of_five_thousand_events_is_booked_once_through_thirty_kills,
}

const EVENT_COUNT: u64 = 5_000;
const KILL_COUNT: usize = 30;
const CALLER_COUNT: usize = 8;

async fn each_of_five_thousand_events_is_booked_once_through_thirty_kills(test_inbox: TestInbox) {
    let test_inbox = test_inbox.with_ledger().await;
    // Each event once, and half of them again.
    let mut deliveries: Vec<u64> =
        (0..EVENT_COUNT).chain((0..EVENT_COUNT / 2).map(|_| random_below(EVENT_COUNT))).collect();
    for place in (1..deliveries.len()).rev() {
        deliveries.swap(place, usize::try_from(random_below(place as u64 + 1)).unwrap());
    }
    let all = deliveries.len();
    let (open, taken, refused) = (Mutex::new(deliveries), AtomicUsize::new(0), AtomicUsize::new(0));
    let process = RwLock::new(ChildProcess::start(&test_inbox, &[]));
    let started = Instant::now();
    let mut kills = 0;
    thread::scope(|scope| {
        for _ in 0..CALLER_COUNT {
            scope.spawn(|| {
                while taken.load(SeqCst) < all {
                    let Some(event) = open.lock().unwrap().pop() else {
                        // Another caller's may come back.
                        thread::sleep(Duration::from_millis(5));
                        continue;
                    };
                    let answer = process.read().unwrap().deliver(&format!("evt_{event}"), "charge.succeeded");
                    if answer == Some(200) {
                        taken.fetch_add(1, SeqCst);
                    } else {
                        refused.fetch_add(1, SeqCst);
                        // Nobody may listen for a while.
                        thread::sleep(Duration::from_millis(random_below(20)));
                        let mut open = open.lock().unwrap();
                        let place = random_below(open.len() as u64 + 1);
                        open.insert(usize::try_from(place).unwrap(), event);
                    }
                }
            });
        }
        while kills < KILL_COUNT {
            // Spread over all deliveries, and each at a moment of its own.
            let next = (kills + 1) * all / (KILL_COUNT + 2);
            while taken.load(SeqCst) < next {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(random_below(40)));
            // While callers wait for their answers.
            process.read().unwrap().send_signal("-KILL");
            kills += 1;
            *process.write().unwrap() = ChildProcess::start(&test_inbox, &[]);
        }
    });
    let (accepted, refused) = (started.elapsed(), refused.into_inner());
    let open = "SELECT count(*) FROM stripe_hooks_runs WHERE state NOT IN ('done', 'parked')";
    while test_inbox.query_integer(open).await > 0 {
        assert!(
            started.elapsed() < Duration::from_secs(600),
            "runs are left: {:#?}",
            test_inbox.query_integer(open).await
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!(
        "{all} deliveries of {EVENT_COUNT} events, {refused} tries in vain, {kills} kills: all taken after {accepted:.1?}, all done after {:.1?}",
        started.elapsed()
    );
    let count = async |sql: &str| u64::try_from(test_inbox.query_integer(sql).await).unwrap();
    assert_eq!(count("SELECT count(*) FROM stripe_hooks_events").await, EVENT_COUNT);
    assert_eq!(count("SELECT count(*) FROM stripe_hooks_runs WHERE state = 'done'").await, EVENT_COUNT);
    assert_eq!(count("SELECT count(*) FROM ledger").await, EVENT_COUNT);
    assert_eq!(count("SELECT count(DISTINCT event) FROM ledger").await, EVENT_COUNT);
}
