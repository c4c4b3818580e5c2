// Runs the journeys: `node run.mjs [FILTER…]`; `--list` only names them.
//
// A file of `journeys/` exports `journeys`, named walks through a city of their
// own, and may export `wish`, how that city starts (see `startServer`).
import { mkdir, readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const JOURNEY_LIMIT_MS = 120_000;
const SHOWN_COMPLAINTS = 10;
const SHOWN_LINES = 10;
const FOLDER = new URL("journeys/", import.meta.url);
const PICTURES = fileURLToPath(new URL("../shots/failed/", import.meta.url));

/** The journeys whose name, or whose file's name, contains one of the filters. */
async function chosenJourneys(filters) {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".mjs")).sort();
  const found = [];
  for (const file of files) {
    const { journeys, wish } = await import(new URL(file, FOLDER));
    for (const [name, walk] of Object.entries(journeys)) found.push({ file, name, walk, wish });
  }
  const hears = ({ file, name }) => filters.some((filter) => name.includes(filter) || file.includes(filter));
  return filters.length === 0 ? found : found.filter(hears);
}

/** Walks one journey in a city of its own; answers what went wrong, or nothing. */
async function walkJourney(chromium, { name, walk, wish }) {
  const { openCity } = await import("./city.mjs");
  const city = await openCity(chromium, wish);
  try {
    const fault = await withLimit(walk(city)).then(() => null, (error) => error.stack);
    const complaints = [...new Set(city.complaints())].slice(0, SHOWN_COMPLAINTS);
    if (!fault && complaints.length === 0) return null;
    await takePictures(city, name);
    const heard = complaints.map((complaint) => `the page complained: ${complaint}`);
    const said = city.said().slice(-SHOWN_LINES).map((line) => `the server said: ${line}`);
    return [fault ?? "", ...heard, ...said].join("\n").trim();
  } finally {
    await city.close();
  }
}

async function withLimit(walked) {
  let late;
  const limit = new Promise((_, failed) => {
    late = setTimeout(() => failed(new Error(`not done in ${JOURNEY_LIMIT_MS / 1000} s`)), JOURNEY_LIMIT_MS);
  });
  await Promise.race([walked, limit]).finally(() => clearTimeout(late));
}

async function takePictures(city, name) {
  await mkdir(PICTURES, { recursive: true });
  for (const [n, page] of city.openPages().entries()) {
    const path = `${PICTURES}${name.replaceAll(/[^\p{L}\p{N}]+/gu, "-")}-${n + 1}.png`;
    await page.screenshot({ path }).catch(() => {});
  }
}

/** Walks one journey and tells how it went; answers whether it went well. */
async function tryJourney(chromium, journey, remark = "") {
  const began = performance.now();
  const fault = await walkJourney(chromium, journey).catch((error) => error.stack);
  const took = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${fault ? "FAILED" : "ok"}  ${journey.name}${remark} (${took} s)`);
  if (fault) console.log(fault.replaceAll(/^/gm, "    "));
  return !fault;
}

/**
 * Walks all of them, as many at a time as there are cores, up to four. Two
 * browsers on a busy machine can be too slow for a journey with a deadline in
 * it, such as an opening at ten: one that failed walks once more, by itself,
 * and both walks are told.
 */
async function walkAll(journeys) {
  if (journeys.length === 0) return { passed: 0, failed: 0 };
  const { startChromium } = await import("./phone.mjs");
  const chromium = await startChromium();
  const waiting = [...journeys];
  const again = [];
  const walker = async () => {
    for (let journey = waiting.shift(); journey; journey = waiting.shift()) {
      if (!(await tryJourney(chromium, journey))) again.push(journey);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, walker));
  let failed = 0;
  for (const journey of again) {
    if (!(await tryJourney(chromium, journey, ", alone"))) failed += 1;
  }
  await chromium.close();
  return { passed: journeys.length - failed, failed };
}

const [option, ...rest] = process.argv.slice(2);
if (option === "--list") {
  for (const { name } of await chosenJourneys(rest)) console.log(name);
} else {
  const journeys = await chosenJourneys(option === undefined ? [] : [option, ...rest]);
  const { passed, failed } = await walkAll(journeys);
  console.log(`browser: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
