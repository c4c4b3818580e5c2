//! `yuehui serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use backend::seeds::SeedSet;
use backend::sms::{Console, Http};
use backend::{Backend, SmsGateway};
use clap::{Args, ValueEnum};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::Failure;
use super::clock::{Choice, Shifted};
use super::crowd::Crowd;
use super::store::Store;
use crate::assets::Assets;

/// The exit code after the disk failed: input/output error, by sysexits.h.
const DISK_LOST: i32 = 74;
/// How long answers under way have to leave then.
const LAST_ANSWERS: Duration = Duration::from_millis(250);

#[derive(Args, Debug)]
pub(super) struct Serve {
    #[command(flatten)]
    store: Store,
    /// The address to listen on
    #[arg(long, value_name = "ADDR:PORT", env = "YUEHUI_LISTEN", default_value = "127.0.0.1:8618")]
    listen: SocketAddr,
    /// `system`, or a moment such as 2021-06-18T10:00:00+08:00 at which the clock starts and from which it
    /// ticks normally; by default the season's own on demonstration data, else `system`
    #[arg(long, value_name = "CLOCK", env = "YUEHUI_CLOCK")]
    clock: Option<Choice>,
    /// Load the season's facts alone into an empty database, without any demonstration content
    #[arg(long, env = "YUEHUI_NO_DEMO")]
    no_demo: bool,
    /// The folder of the season to load into an empty database; by default Anshan's summer of 2021
    #[arg(long, value_name = "DIR", env = "YUEHUI_SEEDS")]
    seeds: Option<PathBuf>,
    #[command(flatten)]
    sms: Sms,
    #[command(flatten)]
    crowd: Crowd,
}

#[derive(Args, Debug)]
struct Sms {
    /// How login codes are sent; on demonstration data the sign-in page shows them
    #[arg(long, value_enum, env = "YUEHUI_SMS", default_value = "console")]
    sms: Gateway,
    /// The provider's JSON endpoint
    #[arg(
        long,
        value_name = "URL",
        env = "YUEHUI_SMS_URL",
        hide_env_values = true,
        required_if_eq("sms", "http")
    )]
    sms_url: Option<String>,
    /// What is posted to it: {phone} and {code} stand for the number and the code
    #[arg(
        long,
        value_name = "JSON",
        env = "YUEHUI_SMS_BODY",
        default_value = r#"{"phone":"{phone}","code":"{code}"}"#
    )]
    sms_body: String,
    /// The value of the Authorization header that goes with it
    #[arg(long, value_name = "VALUE", env = "YUEHUI_SMS_AUTHORIZATION", hide_env_values = true)]
    sms_authorization: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Gateway {
    /// Print them on this console
    Console,
    /// Post them to a provider
    Http,
}

impl Sms {
    fn gateway(self) -> Result<Arc<dyn SmsGateway>, Failure> {
        let (Gateway::Http, Some(url)) = (self.sms, self.sms_url) else {
            return Ok(Arc::new(Console));
        };
        let gateway = Http::new(url, self.sms_authorization, self.sms_body);
        Ok(Arc::new(gateway.map_err(|error| Failure::Option(error.to_string()))?))
    }
}

pub(super) async fn run(options: Serve, assets: Assets) -> Result<(), Failure> {
    log_to_stderr();
    let address = options.listen;
    let stop = stopped()?;
    let listener =
        TcpListener::bind(address).await.map_err(Failure::system(format!("cannot listen on {address}")))?;
    let address = listener.local_addr().map_err(Failure::system("the listener has no address"))?;
    let (place, crowd) = (options.store.name(), options.crowd.clone());
    let backend = open(options).await?;
    let gate = crowd.manage(&backend);
    introduce(&backend, address, &place);
    println!("listening on http://{address}");
    let router = crate::router(backend.clone(), assets);
    tokio::select! {
        () = crate::serve_with(listener, router, gate, stop) => Ok(()),
        () = last_answers(&backend) => end_at_once(),
    }
}

/// Resolves after the disk failed: everything is answered with 503 then, and those answers have left.
async fn last_answers(backend: &Backend) {
    backend.disk_lost().await;
    tokio::time::sleep(LAST_ANSWERS).await;
}

/// Nothing is closed, because closing writes to the file.
fn end_at_once() -> ! {
    eprintln!(
        "yuehui: the disk did not make a write durable (fsync failed); see to it before this is started again"
    );
    std::process::exit(DISK_LOST);
}

/// Opens the database and loads the season into an empty one.
///
/// The clock is right before anything is written: a demonstration's first ledger lines carry the moment at
/// which its season starts.
async fn open(options: Serve) -> Result<Backend, Failure> {
    let clock = Arc::new(Shifted::default());
    let season = season(options.seeds.as_deref(), options.no_demo)?;
    clock.set(options.clock.or(season.season.demo_clock.map(Choice::From)).unwrap_or(Choice::System));
    let backend = options.store.open(clock.clone(), options.sms.gateway()?).await?;
    backend.load(&season).await?;
    if options.clock.is_none() {
        let own = backend.demo_clock().await.map_err(backend::Error::from)?;
        clock.set(own.map_or(Choice::System, Choice::From));
    }
    Ok(backend)
}

/// The season that an empty database gets.
fn season(folder: Option<&Path>, no_demo: bool) -> Result<SeedSet, Failure> {
    let set = match folder {
        None => SeedSet::anshan_2021().map_err(|mistakes| mistakes.to_string()),
        Some(folder) => SeedSet::from_dir(folder)
            .map_err(|mistakes| format!("the season in {} cannot be loaded:\n{mistakes}", folder.display())),
    };
    let set = set.map_err(Failure::Option)?;
    Ok(if no_demo { set.without_demo() } else { set })
}

/// Tells a newcomer where to go and as whom.
fn introduce(backend: &Backend, address: SocketAddr, place: &str) {
    println!("约惠 Yuehui {} · data in {place}", env!("CARGO_PKG_VERSION"));
    if !backend.is_demo() {
        return;
    }
    println!("{} · 演示数据 demonstration data", backend.season().name);
    println!("clock     {}", backend.zone().rfc3339(backend.now()));
    println!("pages     http://{address}/   API http://{address}/api/docs");
    println!("accounts  sign in by phone; the page shows the code");
    for (phone, who) in DEMO_ACCOUNTS {
        println!("          {phone}  {who}");
    }
}

/// The accounts of the demonstration season.
const DEMO_ACCOUNTS: [(&str, &str); 8] = [
    ("13900000001", "居民 resident (to 13900000999)"),
    ("13800000001", "店主 owner of the first merchant"),
    ("13800000002", "店员 its clerk"),
    ("13700000001", "市级 city organizer"),
    ("13700000002", "区县 officer of the district 210302"),
    ("13700000003", "财务 finance"),
    ("13700000004", "审计 auditor"),
    ("13700000005", "社区 community desk of the district 210302"),
];

/// Logs to standard error what `RUST_LOG` asks for; warnings by default.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // A program that has set a logger of its own keeps it.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// Resolves on Ctrl-C or SIGTERM.
fn stopped() -> Result<impl Future<Output = ()>, Failure> {
    let listen = |kind| signal(kind).map_err(Failure::system("signals cannot be heard"));
    let (mut interrupted, mut terminated) =
        (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => (),
            _ = terminated.recv() => (),
        }
    })
}
