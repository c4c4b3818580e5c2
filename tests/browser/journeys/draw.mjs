// A draw from the first entry to the claim, and the check on a phone.
import assert from "node:assert/strict";
import { hydrated, inspect } from "../checks.mjs";
import { people } from "../city.mjs";
import { draw } from "../words.mjs";

const CLOSED = "2021-06-20T18:00:00+08:00";
const DUE = "2021-06-21T15:30:00+08:00";
const VALUE = "3529.18";

const state = (page) => draw.entry(page).getAttribute("data-state");

/** Waits until the list is frozen, as the server does by itself. */
async function frozen(city, id) {
  await city.until("the list is frozen", async () => (await city.api("GET", `/rounds/${id}/draw`)).body.list_hash);
}

/** Holds the draw on the organizer's page, in its two steps. */
async function holdOnPage(city, wish) {
  const bureau = await city.phone(wish);
  await city.signIn(bureau, people.organizer);
  await bureau.goto("/bureau/draws");
  await draw.value(bureau).fill(VALUE);
  await draw.next(bureau).click();
  await draw.again(bureau).fill(VALUE);
  await draw.hold(bureau).click();
  await bureau.waitForURL(/\/rounds\/\d+\/draw$/);
  return bureau;
}

/** Checks the draw on its public page; answers whether each step holds. */
async function checkOnPage(page, id) {
  await page.goto(`/rounds/${id}/draw`);
  await hydrated(page);
  await draw.check(page).click();
  await draw.checkResult(page).waitFor();
  return draw.checkLines(page).evaluateAll((lines) => lines.map((line) => line.dataset.holds));
}

export const journeys = {
  "a resident enters a draw, wins, checks it and claims": async (city) => {
    const { id } = await city.round({ method: "draw" });
    const page = await city.phone();
    await city.signIn(page, people.resident(1));
    await page.goto(`/rounds/${id}`);
    await draw.enter(page).click();
    assert.equal(await state(page), "entered");
    const name = await draw.entryName(page).innerText();

    await city.leapTo(CLOSED);
    await frozen(city, id);
    assert.deepEqual(await checkOnPage(page, id), ["true"]);
    await city.leapTo(DUE);
    await holdOnPage(city);
    assert.deepEqual(await checkOnPage(page, id), ["true", "true", "true", "true"]);
    assert.ok((await page.locator("main").textContent()).includes(name), "one's own entry stands in the results");
    assert.deepEqual(await inspect(page, `/rounds/${id}/draw`), []);

    await page.goto(`/rounds/${id}`);
    assert.equal(await state(page), "called");
    assert.deepEqual(await inspect(page, `/rounds/${id}`), []);
    await draw.claim(page).click();
    await page.waitForURL(/\/wallet\/\d+/);
  },

  "the check shows where a published value was altered": async (city) => {
    const { id } = await city.round({ method: "draw" });
    // As many that another seed would not happen to give the same order.
    for (let n = 1; n <= 12; n += 1) {
      const headers = { ...(await city.bearer(people.resident(n))), "idempotency-key": `entered-${n}-now` };
      const entered = await city.api("POST", `/rounds/${id}/entries`, {}, headers);
      assert.equal(entered.status, 201, JSON.stringify(entered.body));
    }
    await city.leapTo(DUE);
    await holdOnPage(city);
    const page = await city.phone();
    await page.route(`**/api/v1/rounds/${id}/draw`, async (route) => {
      const answer = await route.fetch();
      const proof = await answer.json();
      await route.fulfill({ response: answer, json: { ...proof, public_value: "3529.19" } });
    });
    assert.deepEqual(await checkOnPage(page, id), ["true", "true", "false", "false"]);
    assert.equal(await draw.checkResult(page).getAttribute("data-holds"), "false");
  },

  "without JavaScript a resident enters, the organizer draws, the resident claims": async (city) => {
    const { id } = await city.round({ method: "draw" });
    const page = await city.phone({ js: false });
    // A page that stays open long enough notes that nobody used its wasm.
    page.expectComplaint(/preloaded using link preload/);
    await city.signIn(page, people.resident(2));
    await page.goto(`/rounds/${id}`);
    await draw.enter(page).click();
    assert.equal(await state(page), "entered");
    await city.leapTo(DUE);
    await holdOnPage(city, { js: false });
    await page.goto(`/rounds/${id}`);
    await draw.claim(page).click();
    await page.waitForURL(/\/wallet\/\d+/);
  },
};
