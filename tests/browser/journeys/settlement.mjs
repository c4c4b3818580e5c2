// A week from its redemptions to the bank: two merchants confirm, the district
// reviews, the city approves, and a result that does not match is not booked.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { inspect } from "../checks.mjs";
import { people } from "../city.mjs";
import { settle } from "../words.mjs";

const MONDAY = "2021-06-21T07:00:00+08:00";
const BANK = "ICBC-20210622-001";
const wide = { js: false, width: 1440, height: 900 };

/** Redeems a voucher of a resident at the first merchant, for ¥88. */
async function sell(city, n) {
  const resident = await city.bearer(people.resident(n));
  const voucher = await city.claim(resident, (await city.round()).id);
  const shown = await city.api("POST", `/vouchers/${voucher.voucher_id}/token`, {}, resident);
  const headers = { ...(await city.bearer(people.owner)), "idempotency-key": randomUUID() };
  const order = { code: shown.body.code, outlet_id: 1, order_fen: 8800 };
  const sold = await city.api("POST", "/redemptions", order, headers);
  assert.equal(sold.status, 201, JSON.stringify(sold.body));
}

async function signedIn(city, phone, wish) {
  const page = await city.phone(wish);
  await city.signIn(page, phone);
  return page;
}

/** Brings in what the bank says, as finance does on the batch's page. */
async function bring(page, text) {
  await settle.bankReference(page).fill(BANK);
  await settle.bankFile(page).setInputFiles({ name: "result.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await settle.step(page, "pay").click();
  await page.waitForLoadState("load");
}

const stateOf = (page) => settle.state(page).getAttribute("data-state");

export const journeys = {
  "without JavaScript a week is settled, and paid once the bank's result matches": async (city) => {
    for (const n of [51, 52, 53]) await sell(city, n);
    await city.leapTo(MONDAY);

    const finance = await signedIn(city, people.finance, wide);
    await finance.goto("/bureau");
    await finance.locator('main a[href="/bureau/settlement"]').click();
    await settle.make(finance).click();
    await finance.waitForURL(/\/bureau\/settlement\/\d+$/);
    const path = new URL(finance.url()).pathname;
    const id = path.match(/\d+$/)[0];
    assert.equal(await stateOf(finance), "draft");

    const shop = await signedIn(city, people.owner, { js: false, width: 360 });
    await shop.goto("/shop");
    await shop.locator('main a[href="/shop/settlement"]').click();
    assert.match(await settle.own(shop).innerText(), /60\.00/);
    await settle.confirm(shop).click();
    await settle.confirm(shop).waitFor({ state: "detached" });

    const officer = await signedIn(city, people.officer, wide);
    await officer.goto(path);
    assert.equal(await stateOf(officer), "confirmed");
    await settle.step(officer, "review").click();
    await settle.step(officer, "review").waitFor({ state: "detached" });

    const organizer = await signedIn(city, people.organizer, wide);
    await organizer.goto(path);
    assert.match(await settle.step(organizer, "approve").innerText(), /60\.00/);
    await settle.step(organizer, "approve").click();
    await settle.step(organizer, "approve").waitFor({ state: "detached" });

    await finance.reload();
    await settle.step(finance, "export").click();
    await settle.step(finance, "pay").waitFor();
    const csv = await finance.locator(`a[href="/api/v1/settlements/${id}/bank.csv"]`).count();
    assert.equal(csv, 1, "the bank's file is there to be taken");
    await bring(finance, `reference,amount\nJS${id}-2,60.00\n`);
    assert.equal(await stateOf(finance), "exported", "nothing is booked");
    assert.equal(await settle.result(finance).first().getAttribute("data-outcome"), "unmatched");
    assert.equal(await finance.locator(`[data-mismatch="JS${id}-2"]`).count(), 1);
    assert.equal(await finance.locator(`[data-mismatch="JS${id}-1"]`).count(), 1);
    await bring(finance, `reference,amount\nJS${id}-1,60.00\n`);
    assert.equal(await stateOf(finance), "paid");
    await shop.reload();
    assert.match(await settle.own(shop).innerText(), new RegExp(BANK));
    await looked(city, path, id);
  },
};

/** The pages of a batch on a phone and on a desk, with a script. */
async function looked(city, path, id) {
  const shop = await signedIn(city, people.owner, { width: 360 });
  const desk = await signedIn(city, people.organizer, { width: 1440, height: 900 });
  const phone = await signedIn(city, people.auditor, { width: 360, dark: true });
  const faults = [
    ...(await inspect(shop, "/shop/settlement")),
    ...(await inspect(shop, `/shop/settlement?batch=${id}`)),
    ...(await inspect(desk, "/bureau/settlement")),
    ...(await inspect(desk, path)),
    ...(await inspect(desk, `${path}?merchant=1`)),
    ...(await inspect(phone, path)),
  ];
  assert.deepEqual(faults, []);
}
