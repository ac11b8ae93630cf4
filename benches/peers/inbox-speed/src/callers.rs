//! Callers that deliver as Stripe does: one event after the other on a connection that stays open.

use std::{
    io,
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use stripe_hooks::signature::{Secret, sign};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::servers::SECRET;

/// The number of the next event. All measurements share it, so that every event is new.
static NEXT_EVENT_NUMBER: AtomicU64 = AtomicU64::new(0);

/// Sends `events` events from `callers` callers. Returns the time between the first one and the
/// last answer.
pub(crate) fn send_events(address: SocketAddr, callers: usize, events: usize) -> io::Result<Duration> {
    // Make the requests first, so that the measurement contains no work of the callers. The numbers
    // of the events arrive roughly in order, like Stripe's ids, which begin with the time.
    let mut requests: Vec<Vec<Vec<u8>>> = vec![Vec::new(); callers];
    for number in 0..events {
        requests[number % callers].push(build_request());
    }
    // One thread for all callers takes the least time from the servers. In production the callers
    // are on other machines.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut streams = Vec::new();
        for _ in 0..callers {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let began = Instant::now();
        let senders = streams.into_iter().zip(requests).map(|(mut stream, requests)| async move {
            for request in &requests {
                deliver(&mut stream, request).await?;
            }
            Ok::<_, io::Error>(())
        });
        let senders: Vec<_> = senders.map(tokio::spawn).collect();
        for sender in senders {
            sender.await??;
        }
        Ok(began.elapsed())
    })
}

async fn deliver(stream: &mut TcpStream, request: &[u8]) -> io::Result<()> {
    stream.write_all(request).await?;
    let (mut answer, mut read) = ([0; 1_024], 0);
    while !answer[..read].windows(4).any(|end| end == b"\r\n\r\n") {
        let more = stream.read(&mut answer[read..]).await?;
        assert!(more > 0, "the server has hung up");
        read += more;
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer[..read]));
    Ok(())
}

/// A signed event of 2 kB.
fn build_request() -> Vec<u8> {
    let number = NEXT_EVENT_NUMBER.fetch_add(1, Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let body = format!(
        r#"{{"id":"evt_{number}","object":"event","type":"charge.succeeded","api_version":"{}","created":{now},"livemode":false,"data":{{"object":{{"id":"ch_{number}","object":"charge","description":"{}"}}}}}}"#,
        stripe_hooks::API_VERSION,
        "x".repeat(1_800),
    );
    let secret = Secret::new(SECRET).expect("a secret");
    let signature = sign(body.as_bytes(), &secret, i64::try_from(now).expect("a time"));
    let head = format!(
        "POST /webhook HTTP/1.1\r\nHost: localhost\r\nStripe-Signature: {signature}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.into_bytes()].concat()
}
