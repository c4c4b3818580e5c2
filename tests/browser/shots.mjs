// Photographs every page for the eye: `node shots.mjs [FILTER…]` fills
// tests/shots/, and says what the inspection of each page found.
import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openCity } from "./city.mjs";
import { inspect, visit, writeLarger } from "./checks.mjs";
import { prepare } from "./pages.mjs";
import { startChromium } from "./phone.mjs";

const ALBUM = fileURLToPath(new URL("../shots/", import.meta.url));
const SMALL = { width: 360, height: 780 };
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };

/** The ways in which one role's pages are looked at. */
function views(role) {
  const sizes = role.wide ? [DESK, PHONE] : [SMALL, PHONE];
  const plain = sizes.flatMap((size) => [false, true].map((dark) => ({ size, dark, scale: 1 })));
  return [...plain, { size: SMALL, dark: false, scale: 2 }];
}

const label = ({ size, dark, scale }) =>
  `${size.width}x${size.height}-${dark ? "dark" : "light"}${scale === 1 ? "" : `-text${scale * 100}`}`;

/** Photographs the pages of one role in one view; answers the faults found. */
async function photograph(city, name, role, view, filters) {
  const page = await city.phone({ ...view.size, dark: view.dark, still: true });
  if (role.account) await city.signIn(page, role.account);
  const faults = [];
  for (const [title, path] of Object.entries(role.paths)) {
    const file = `${name}-${title}-${label(view)}.png`;
    if (filters.length > 0 && !filters.some((filter) => file.includes(filter))) continue;
    faults.push(...(await inspectOrSay(page, path, view)).map((fault) => `${file}: ${fault}`));
    await page.screenshot({ path: ALBUM + file, fullPage: true });
    console.log(file);
  }
  faults.push(...page.complaints.map((complaint) => `${name} ${label(view)}: ${complaint}`));
  await page.context().close();
  return faults;
}

async function inspectOrSay(page, path, view) {
  try {
    if (view.scale === 1) return await inspect(page, path);
    await visit(page, path);
    return await writeLarger(page, view.scale);
  } catch (error) {
    return [error.message];
  }
}

const filters = process.argv.slice(2);
await rm(ALBUM, { recursive: true, force: true });
await mkdir(ALBUM, { recursive: true });
const chromium = await startChromium();
const city = await openCity(chromium);
const faults = [];
try {
  for (const [name, role] of Object.entries(await prepare(city))) {
    for (const view of views(role)) faults.push(...(await photograph(city, name, role, view, filters)));
  }
} finally {
  await city.close();
  await chromium.close();
}
console.log(faults.length === 0 ? "no faults" : `\n${faults.join("\n")}\n${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
