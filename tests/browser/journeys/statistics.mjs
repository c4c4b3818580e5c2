// Organizers cut the tallies without JavaScript; the wall keeps itself current.
import assert from "node:assert/strict";
import { people } from "../city.mjs";

const wide = { width: 1920, height: 1080 };

export const journeys = {
  "without JavaScript an organizer cuts the tallies in two ways and takes them away": async (city) => {
    const page = await city.phone({ js: false, width: 1440, height: 900 });
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/stats");
    await page.locator('select[name="rows"]').selectOption("hour");
    await page.locator('select[name="columns"]').selectOption("district");
    await page.locator('select[name="show"]').selectOption("claimed");
    await page.locator('select[name="rate"]').selectOption("claim_rate");
    await page.locator('form.range button[type="submit"]').click();
    await page.waitForURL(/rows=hour.*columns=district/);
    assert.equal(await page.locator(".tile-map .tile").count(), 7);
    const csv = await page.locator('.cut a[href*="cube.csv"]').getAttribute("href");
    assert.match(csv, /by=hour,district/);
    await page.locator('.tally a[href="#def-leverage"]').click();
    await page.locator("#def-leverage:target").waitFor();
  },

  "without JavaScript an organizer freezes a report and counts it again": async (city) => {
    const page = await city.phone({ js: false, width: 1440, height: 900 });
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/reports");
    await page.locator('button[name="kind"][value="monthly"]').click();
    await page.waitForURL(/\/bureau\/reports\/\d+$/);
    await page.locator('a[href*="recount=yes"]').click();
    await page.waitForURL(/recount=yes/);
    assert.equal(await page.locator(".report-recount table").count(), 0, "nothing changed meanwhile");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".report-links").isVisible(), false);
  },

  "the wall holds one screen and draws what moved": async (city) => {
    const page = await city.phone(wide);
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/screen");
    const fits = () => page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.querySelector("#wall");
      return scrollWidth <= innerWidth && scrollHeight <= innerHeight;
    });
    assert.ok(await fits(), "nothing is cut off at 1920 by 1080");
    const claimed = page.locator("#wall .wall-large dd").first();
    const before = Number((await claimed.innerText()).replaceAll(",", ""));
    const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    const open = await city.round();
    await city.claim(await city.bearer(people.resident(41)), open.id);
    await page.waitForFunction(
      (least) => Number(document.querySelector("#wall .wall-large dd").textContent.replaceAll(",", "")) >= least,
      before + 1,
    );
    const after = await page.evaluate(() => document.querySelectorAll("*").length);
    assert.ok(after <= nodes + 10, `the page grew from ${nodes} to ${after} elements`);
  },
};
