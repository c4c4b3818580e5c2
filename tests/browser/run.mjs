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

/** Walks all of them, as many at a time as there are cores, up to four. */
async function walkAll(journeys) {
  if (journeys.length === 0) return { passed: 0, failed: 0 };
  const { startChromium } = await import("./phone.mjs");
  const chromium = await startChromium();
  const waiting = [...journeys];
  let passed = 0;
  const walker = async () => {
    for (let journey = waiting.shift(); journey; journey = waiting.shift()) {
      const began = performance.now();
      const fault = await walkJourney(chromium, journey).catch((error) => error.stack);
      const took = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`${fault ? "FAILED" : "ok"}  ${journey.name} (${took} s)`);
      if (fault) console.log(fault.replaceAll(/^/gm, "    "));
      else passed += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, walker));
  await chromium.close();
  return { passed, failed: journeys.length - passed };
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
