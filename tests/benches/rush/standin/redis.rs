//! The usual script of a rush: a set of those who have one, a stock that is decremented, and a record. All
//! requests share one connection, as the usual clients have it, and are sent on without waiting for each
//! other.

use super::{Claim, Done, Redemption};
use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};

const CLAIM: &str = "
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then
  local record = redis.call('HGET', KEYS[3], ARGV[1])
  local key, voucher = string.match(record, '^([^|]*)|(%d+)')
  if key == ARGV[3] then return {2, tonumber(voucher)} end
  return {0, 0}
end
local left = tonumber(redis.call('GET', KEYS[2]) or '0')
if left <= 0 then return {0, 0} end
redis.call('DECR', KEYS[2])
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[3] .. '|' .. ARGV[2] .. '|' .. ARGV[4])
redis.call('SADD', KEYS[4], ARGV[2])
return {1, tonumber(ARGV[2])}";

const REDEEM: &str = "
local record = redis.call('HGET', KEYS[2], ARGV[1])
if record then
  local key, redemption = string.match(record, '^([^|]*)|(%d+)')
  if key == ARGV[3] then return {2, tonumber(redemption)} end
  return {0, 0}
end
if redis.call('SREM', KEYS[1], ARGV[1]) == 0 then return {0, 0} end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3] .. '|' .. ARGV[2] .. '|' .. ARGV[4])
redis.call('HINCRBY', KEYS[3], ARGV[5], ARGV[6])
return {1, tonumber(ARGV[2])}";

/// Requests that are sent together at most.
const AT_ONCE: usize = 256;

type Asked = (Vec<u8>, oneshot::Sender<Result<Vec<i64>>>);

pub(super) struct Redis {
    queue: mpsc::UnboundedSender<Asked>,
    claim: String,
    redeem: String,
}

impl Redis {
    pub(super) async fn open(address: SocketAddr) -> Result<Redis> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        let mut scripts = Vec::new();
        for script in [CLAIM, REDEEM] {
            stream.write_all(&command(&["SCRIPT", "LOAD", script])).await?;
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            line.clear();
            stream.read_line(&mut line).await?;
            scripts.push(line.trim().to_owned());
        }
        let (read, write) = stream.into_inner().into_split();
        let (queue, asked) = mpsc::unbounded_channel();
        let (sent, answers) = mpsc::unbounded_channel();
        tokio::spawn(send(asked, write, sent));
        tokio::spawn(receive(answers, BufReader::new(read)));
        let [claim, redeem] = scripts.try_into().ok().context("two scripts")?;
        Ok(Redis { queue, claim, redeem })
    }

    async fn ask(&self, command: Vec<u8>) -> Result<Vec<i64>> {
        let (reply, answer) = oneshot::channel();
        self.queue.send((command, reply)).ok().context("Redis is gone")?;
        answer.await?
    }

    pub(super) async fn set(&self, name: &str, value: i64) -> Result<()> {
        self.ask(command(&["SET", name, &value.to_string()])).await.map(drop)
    }

    pub(super) async fn claim(&self, claim: Claim) -> Result<Done> {
        let (account, voucher, at) =
            (claim.account.to_string(), claim.voucher.to_string(), claim.at.ms().to_string());
        let round = claim.round;
        let stock = format!("stock:{}", claim.district);
        let names = [format!("holders:{round}"), stock, format!("claims:{round}"), "issued".to_owned()];
        let [holders, stock, claims, issued] = &names;
        let command = command(&[
            "EVALSHA",
            &self.claim,
            "4",
            holders,
            stock,
            claims,
            issued,
            &account,
            &voucher,
            &claim.key,
            &at,
        ]);
        done(&self.ask(command).await?)
    }

    pub(super) async fn redeem(&self, asked: Redemption) -> Result<Done> {
        let (voucher, redemption) = (asked.voucher.to_string(), asked.redemption.to_string());
        let (at, outlet, order) =
            (asked.at.ms().to_string(), asked.outlet.to_string(), asked.order_fen.to_string());
        let command = command(&[
            "EVALSHA",
            &self.redeem,
            "3",
            "issued",
            "redemptions",
            "orders",
            &voucher,
            &redemption,
            &asked.key,
            &at,
            &outlet,
            &order,
        ]);
        done(&self.ask(command).await?)
    }
}

fn done(answer: &[i64]) -> Result<Done> {
    Ok(match answer {
        [1, number] => Done::Now(*number),
        [2, number] => Done::Before(*number),
        [0, _] => Done::No,
        other => bail!("Redis answered {other:?}"),
    })
}

fn command(words: &[&str]) -> Vec<u8> {
    let mut command = format!("*{}\r\n", words.len());
    for word in words {
        command += &format!("${}\r\n{word}\r\n", word.len());
    }
    command.into_bytes()
}

async fn send(
    mut asked: mpsc::UnboundedReceiver<Asked>,
    mut write: OwnedWriteHalf,
    sent: mpsc::UnboundedSender<oneshot::Sender<Result<Vec<i64>>>>,
) {
    let (mut group, mut bytes) = (Vec::new(), Vec::new());
    while asked.recv_many(&mut group, AT_ONCE).await > 0 {
        bytes.clear();
        for (command, reply) in group.drain(..) {
            bytes.extend_from_slice(&command);
            let _ = sent.send(reply);
        }
        if write.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn receive(
    mut answers: mpsc::UnboundedReceiver<oneshot::Sender<Result<Vec<i64>>>>,
    mut read: BufReader<OwnedReadHalf>,
) {
    let mut line = String::new();
    while let Some(reply) = answers.recv().await {
        let _ = reply.send(receive_one(&mut read, &mut line).await);
    }
}

/// One answer: `+OK`, or an array of integers.
async fn receive_one(read: &mut BufReader<OwnedReadHalf>, line: &mut String) -> Result<Vec<i64>> {
    line.clear();
    read.read_line(line).await?;
    let (kind, rest) = line.trim_end().split_at_checked(1).context("an empty answer")?;
    match kind {
        "+" => Ok(Vec::new()),
        ":" => Ok(vec![rest.parse()?]),
        "*" => {
            let mut numbers = Vec::new();
            for _ in 0..rest.parse::<usize>()? {
                line.clear();
                read.read_line(line).await?;
                numbers.push(line.trim_end().trim_start_matches(':').parse()?);
            }
            Ok(numbers)
        }
        _ => bail!("Redis: {line}"),
    }
}
