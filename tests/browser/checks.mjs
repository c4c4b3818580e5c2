// What must hold on every page, whatever it shows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { HYDRATED } from "./words.mjs";

export const LAYOUT_SHIFT_LIMIT = 0.01;
const SERIOUS = new Set(["serious", "critical"]);

let axeSource;
/** axe-core as text, read once and only when it is needed. */
function axe() {
  const path = () => createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  axeSource ??= readFile(path(), "utf8");
  return axeSource;
}

/** Waits until the page's islands are alive. */
export async function hydrated(page) {
  await page.locator(HYDRATED).waitFor({ state: "attached" });
}

/** Loads a page and waits until it is complete: network, fonts, islands. */
export async function visit(page, path) {
  const answer = await page.goto(path, { waitUntil: "load" });
  assert.equal(answer.status(), 200, `${path} answered ${answer.status()}`);
  await hydrated(page);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/**
 * The cumulative layout shift since the page began, without the shifts that
 * a person's own input explains. Two frames pass first, so that what the
 * hydration moved has been painted.
 */
export function layoutShift(page) {
  return page.evaluate(async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const shifts = [];
    const watch = new PerformanceObserver((list) => shifts.push(...list.getEntries()));
    watch.observe({ type: "layout-shift", buffered: true });
    await frame();
    await frame();
    shifts.push(...watch.takeRecords());
    watch.disconnect();
    return shifts.filter((shift) => !shift.hadRecentInput).reduce((sum, shift) => sum + shift.value, 0);
  });
}

/**
 * The least shift of up to three loads; the first page's first load counts.
 * Elsewhere a slow machine has been seen to paint a page before all of it was
 * read, though its head asks to wait: it is told whenever it happens.
 */
async function leastLayoutShift(page, path) {
  let least = await layoutShift(page);
  for (let load = 1; load < 3 && path !== "/" && least > LAYOUT_SHIFT_LIMIT; load += 1) {
    console.log(`    load ${load} of ${path} shifted by ${least.toFixed(4)}`);
    await visit(page, path);
    least = Math.min(least, await layoutShift(page));
  }
  return least;
}

/** The serious violations that axe-core finds, one line each. */
export async function violations(page) {
  await page.evaluate(await axe());
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document));
  return found
    .filter((violation) => SERIOUS.has(violation.impact))
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`));
}

/** How many CSS pixels the page is wider than the window. */
export function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

/** Enlarges the text as a person may; answers what then no longer fits. */
export async function writeLarger(page, scale) {
  await page.evaluate((size) => document.documentElement.style.setProperty("font-size", size), `${scale * 100}%`);
  const wider = await overflow(page);
  return wider > 0 ? [`${wider} px wider than the window with text at ${scale * 100} %`] : [];
}

/** The whole inspection of one page; answers its faults, one line each. */
export async function inspect(page, path) {
  await visit(page, path);
  const faults = await violations(page);
  const shift = await leastLayoutShift(page, path);
  if (shift > LAYOUT_SHIFT_LIMIT) faults.push(`layout shift ${shift.toFixed(4)}`);
  const wider = await overflow(page);
  if (wider > 0) faults.push(`${wider} px wider than the window`);
  return faults.map((fault) => `${path}: ${fault}`);
}
