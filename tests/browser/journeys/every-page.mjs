// What holds on every page: a quiet console, no layout shift when the islands
// come alive, no serious finding of axe-core in light and dark, nothing wider
// than a small phone, also with text twice as large.
import assert from "node:assert/strict";
import { inspect, visit, writeLarger } from "../checks.mjs";
import { prepare } from "../pages.mjs";

const ROLES = ["visitor", "resident", "merchant", "organizer"];

/** Opens the window in which this role works. */
async function windowOf(city, role, wish) {
  const size = role.wide ? { width: 1440, height: 900 } : {};
  const page = await city.phone({ ...size, ...wish });
  if (role.account) await city.signIn(page, role.account);
  return page;
}

const inspection = (name, dark) => async (city) => {
  const role = (await prepare(city))[name];
  const page = await windowOf(city, role, { dark });
  const faults = [];
  for (const path of Object.values(role.paths)) faults.push(...(await inspect(page, path)));
  assert.deepEqual(faults, []);
};

const largeText = (name) => async (city) => {
  const role = (await prepare(city))[name];
  const page = await windowOf(city, role, { width: 360, height: 780 });
  const faults = [];
  for (const path of Object.values(role.paths)) {
    await visit(page, path);
    faults.push(...(await writeLarger(page, 2)).map((fault) => `${path}: ${fault}`));
  }
  assert.deepEqual(faults, []);
};

export const journeys = Object.fromEntries(
  ROLES.flatMap((name) => [
    [`every page of the ${name} is sound in light`, inspection(name, false)],
    [`every page of the ${name} is sound in dark`, inspection(name, true)],
    [`every page of the ${name} fits a small phone with large text`, largeText(name)],
  ]),
);
