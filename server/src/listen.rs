//! The listener: HTTP/1.1 with a limit on everything a stranger can hold open.
//!
//! `axum::serve` sets no timer, so that a connection which trickles its header stays open for good. Here a
//! header has five seconds, a server has a number of connections, and an address has its share of them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::HeaderMap;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// From the first byte of a request to the end of its header, and for an idle connection to speak again.
const HEADER_DEADLINE: Duration = Duration::from_secs(5);

/// A request's header, in bytes.
const HEADER_LIMIT_BYTES: usize = 16 * 1024;

/// A request's header, in fields.
const HEADER_LIMIT_FIELDS: usize = 64;

/// How long requests under way may take to finish when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// How long to wait when the system gives no more connections.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Whom the listener lets in.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Open connections in all. An open stream is one: a node holds some thousands of them, and 20 KB for
    /// each.
    pub connections: usize,
    /// Open connections from one address: a carrier puts many phones behind one. This machine's own programs
    /// and trusted proxies hold as many as they like.
    pub connections_per_address: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate { connections: 20_000, connections_per_address: 4_096, trusted_proxies: Vec::new() }
    }
}

impl Gate {
    /// Whether a peer's connections are not counted by its address: it speaks for others.
    fn speaks_for_others(&self, peer: IpAddr) -> bool {
        peer.is_loopback() || self.trusted_proxies.contains(&peer)
    }

    /// Where a request comes from: the peer, or, behind trusted proxies, the nearest address that is none of
    /// them. What stands further left in the header anybody may have written.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusted_proxies.contains(&peer) {
            return peer;
        }
        let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
        let mut hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        while let Some(hop) = hops.pop() {
            match hop.parse::<IpAddr>().map(|address| address.to_canonical()) {
                Ok(address) if self.trusted_proxies.contains(&address) => (),
                Ok(address) => return address,
                Err(_) => break,
            }
        }
        peer
    }
}

/// Where a request comes from. Every request carries it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// Turns true when the server stops: streams end then. Every request carries one.
#[derive(Clone, Debug)]
pub(crate) struct Closing(watch::Receiver<bool>);

impl Closing {
    /// Resolves when the server stops.
    pub(crate) async fn closed(mut self) {
        // An error means that the server is gone, which is as good.
        let _ = self.0.wait_for(|closing| *closing).await;
    }
}

/// Serves until `shutdown` resolves, then lets requests under way finish.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    serve_with(listener, router, Gate::default(), shutdown).await;
}

/// Serves like [`serve`], through a gate of one's own.
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    gate: Gate,
    shutdown: impl Future<Output = ()>,
) {
    let (close, closing) = watch::channel(false);
    let mut connections = JoinSet::new();
    let gate = Arc::new(gate);
    let total = Arc::new(Semaphore::new(gate.connections));
    let shares = Shares::default();
    let mut shutdown = pin!(shutdown);
    loop {
        while connections.try_join_next().is_some() {}
        let (stream, peer, permit) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &total) => accepted,
        };
        let peer = peer.ip().to_canonical();
        let most = if gate.speaks_for_others(peer) { usize::MAX } else { gate.connections_per_address };
        let Some(share) = shares.take(peer, most) else {
            continue;
        };
        let (closing, held) = (Closing(closing.clone()), (permit, share));
        connections.spawn(converse(stream, router.clone(), (gate.clone(), peer), closing, held));
    }
    drop(listener);
    close.send_replace(true);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

/// The next connection; waits while the server holds as many as it may.
async fn accept(
    listener: &TcpListener,
    total: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    let permit = total.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, permit),
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers the requests of one connection.
async fn converse(
    stream: TcpStream,
    router: Router,
    (gate, peer): (Arc<Gate>, IpAddr),
    closing: Closing,
    _held: (Option<OwnedSemaphorePermit>, Share),
) {
    // Small answers leave at once. An error here shows itself in the conversation.
    let _ = stream.set_nodelay(true);
    let carried = closing.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        let client = ClientAddress(gate.client(peer, request.headers()));
        request.extensions_mut().insert(carried.clone());
        request.extensions_mut().insert(client);
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .max_buf_size(HEADER_LIMIT_BYTES)
        .max_headers(HEADER_LIMIT_FIELDS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let done = tokio::select! {
        done = connection.as_mut() => done,
        () = closing.closed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// How many connections each address holds.
#[derive(Clone, Debug, Default)]
struct Shares(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address; given back on drop.
#[derive(Debug)]
struct Share {
    shares: Shares,
    address: IpAddr,
}

impl Shares {
    /// A connection of an address; `None` when it holds as many as it may.
    fn take(&self, address: IpAddr, most: usize) -> Option<Share> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Share { shares: self.clone(), address })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gate, Shares};
    use http::{HeaderMap, HeaderValue};
    use std::net::IpAddr;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_gives_it_back() {
        let shares = Shares::default();
        let (one, other) = (address("10.0.0.1"), address("10.0.0.2"));
        let mut held: Vec<_> = (0..5).map_while(|_| shares.take(one, 5)).collect();
        assert_eq!(held.len(), 5);
        assert!(shares.take(one, 5).is_none());
        assert!(shares.take(other, 5).is_some());
        held.pop();
        assert!(shares.take(one, 5).is_some());
        held.clear();
        assert!(shares.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_forwarded_address_is_believed_from_a_trusted_proxy_alone() {
        let (proxy, inner) = (address("10.0.0.1"), address("10.0.0.2"));
        let gate = Gate { trusted_proxies: vec![proxy, inner], ..Gate::default() };
        let client = |peer: &str, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::try_from(*line).unwrap());
            }
            gate.client(address(peer), &headers).to_string()
        };
        assert_eq!(client("198.51.100.9", &["203.0.113.5"]), "198.51.100.9");
        assert_eq!(client("10.0.0.1", &["203.0.113.5"]), "203.0.113.5");
        // What the caller wrote stands on the left.
        assert_eq!(client("10.0.0.1", &["192.0.2.1, 203.0.113.5"]), "203.0.113.5");
        assert_eq!(client("10.0.0.1", &["192.0.2.1", "203.0.113.5, 10.0.0.2"]), "203.0.113.5");
        assert_eq!(client("10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn a_proxy_holds_as_many_connections_as_it_likes() {
        let gate = Gate { trusted_proxies: vec![address("10.0.0.1")], ..Gate::default() };
        assert!(gate.speaks_for_others(address("127.0.0.1")));
        assert!(gate.speaks_for_others(address("10.0.0.1")));
        assert!(!gate.speaks_for_others(address("10.0.0.2")));
    }
}
