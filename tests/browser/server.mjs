// One `yuehui serve` process with a data folder of its own.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../target/release/yuehui", import.meta.url));
const BINARY = resolve(process.env.YUEHUI_BINARY ?? BUILT);
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;
const KEPT_LINES = 40;

/** The moment at which every journey's city begins: the first round is open. */
export const OPENING = "2021-06-18T10:00:00+08:00";

/**
 * Starts the server on fresh demo data and waits until it listens.
 * Its working folder is the data folder, so that nothing of the checkout helps it.
 */
export async function startServer({ clock = OPENING, args = [] } = {}) {
  const data = await mkdtemp(join(tmpdir(), "yuehui-city."));
  const address = `127.0.0.1:${await freePort()}`;
  const said = [];
  let child;
  const start = (moment) => {
    const options = ["serve", "--data", data, "--listen", address, "--clock", moment, ...args];
    child = spawn(BINARY, options, { cwd: data, env: bareEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    return listening(child, said);
  };
  const stop = async () => {
    await endServer(child);
    await rm(data, { recursive: true, force: true });
  };
  /** Starts the server again at another moment, with the same data at the same address. */
  const restart = async (moment) => {
    await endServer(child);
    await start(moment);
  };
  try {
    const origin = await start(clock);
    return { origin, said, stop, restart };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${said.join("\n")}`);
  }
}

/** Resolves to the address of the line `listening on http://…`. */
function listening(child, said) {
  return new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error("the server did not start in time")), START_LIMIT_MS);
    const hear = (line) => {
      said.push(line);
      if (said.length > KEPT_LINES) said.shift();
      const address = line.match(/listening on (http:\/\/\S+)/);
      if (!address) return;
      clearTimeout(late);
      found(address[1].replace(/\/$/, ""));
    };
    eachLine(child.stdout, hear);
    eachLine(child.stderr, hear);
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
}

function eachLine(stream, hear) {
  let rest = "";
  stream.setEncoding("utf8").on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    lines.forEach(hear);
  });
}

async function endServer(child) {
  if (child.pid && child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    await gone;
    clearTimeout(late);
  }
}

function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}

/** This process's environment without settings meant for another server. */
function bareEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("YUEHUI_")));
}
