// The main job: a resident claims and shows, the till redeems, the organizer sees.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { round, stats, till, wallet } from "../words.mjs";

/** Signs a resident in and claims in the open round through its page. */
async function claimOnPage(city, phone = people.resident(1)) {
  const open = await city.round();
  const page = await city.phone();
  await city.signIn(page, phone);
  await page.goto(`/rounds/${open.id}`);
  await round.claim(page).click();
  await city.openVoucher(page);
  return { page, open };
}

/** An order that reaches the round's threshold, in yuan. */
const enough = (open) => Math.ceil(Math.max(open.threshold_fen ?? 0, 10_000) / 100);

const shownCode = async (page) => (await wallet.typedCode(page).innerText()).replaceAll(/\s/g, "");

async function clerkPhone(city) {
  const page = await city.phone();
  await city.signIn(page, people.clerk);
  return page;
}

async function redeemedByDistrict(city, organizer) {
  const { body } = await city.api("GET", "/stats/districts", undefined, organizer);
  return new Map(body.items.map((row) => [row.district, row.redeemed]));
}

export const journeys = {
  "a resident claims, the till redeems, the organizer sees it": async (city) => {
    const bureau = await city.phone({ width: 1440, height: 900 });
    await city.signIn(bureau, people.organizer);
    await bureau.goto("/bureau/stats");
    const organizer = await city.bearer(people.organizer);
    const before = await redeemedByDistrict(city, organizer);

    const { page, open } = await claimOnPage(city);
    await wallet.picture(page).waitFor();
    const code = await shownCode(page);
    assert.match(code, /^[0-9A-Z]{12}$/);
    const shop = await clerkPhone(city);
    const receipt = await city.redeemAtTill(shop, code, enough(open));
    assert.match(receipt, /\d{4}/);

    const own = (await wallet.receiptCode(page).innerText()).trim();
    assert.equal(own, receipt, "both phones show the same receipt code");
    const moved = await city.until("a district's tally moves", async () =>
      [...(await redeemedByDistrict(city, organizer))].find(([name, redeemed]) => redeemed > before.get(name)),
    );
    const cell = stats.cell(bureau, moved[0], "redeemed");
    await city.until("the open page shows it", async () =>
      Number((await cell.innerText()).replaceAll(/\D/g, "")) === moved[1]);
  },

  "a code works as people type it: lower case, spaces, O for 0": async (city) => {
    const { page, open } = await claimOnPage(city);
    const shop = await clerkPhone(city);
    const code = (await shownCode(page)).toLowerCase().replaceAll("0", "O");
    const typed = code.match(/.{1,4}/g).join(" ");
    assert.match(await city.redeemAtTill(shop, typed, enough(open)), /\d{4}/);
  },

  "a till refuses an order below the threshold and says what is missing": async (city) => {
    const { page, open } = await claimOnPage(city);
    const shop = await clerkPhone(city);
    // The browser notes the refusal's status.
    shop.expectComplaint(/status of 422/);
    await shop.goto("/shop/till");
    await till.code(shop).fill(await shownCode(page));
    await till.order(shop).fill(String(open.threshold_fen / 100 - 12));
    await till.preview(shop).click();
    assert.match(await till.refusal(shop).innerText(), /12/);
  },

  "a shown code goes on changing without a network": async (city) => {
    const { page, open } = await claimOnPage(city);
    await wallet.typedCode(page).waitFor();
    page.expectComplaint(/ERR_INTERNET_DISCONNECTED/);
    await page.context().setOffline(true);
    const first = await shownCode(page);
    await page.waitForFunction(
      ([testId, old]) => document.querySelector(`[data-testid="${testId}"]`).innerText.replaceAll(/\s/g, "") !== old,
      ["typed-code", first],
      { timeout: 40_000 },
    );
    const shop = await clerkPhone(city);
    assert.match(await city.redeemAtTill(shop, await shownCode(page), enough(open)), /\d{4}/);
  },

  "a resident who claims again is told why not": async (city) => {
    const { page, open } = await claimOnPage(city);
    await page.goto(`/rounds/${open.id}`);
    await round.voucher(page).waitFor();
    const headers = { ...(await city.bearer(people.resident(1))), "idempotency-key": "claimed-again-1" };
    const again = await city.api("POST", `/rounds/${open.id}/claims`, {}, headers);
    assert.deepEqual([again.status, again.body.code], [409, "limit_reached"]);
  },

  "a district officer sees one district alone": async (city) => {
    const page = await city.phone({ width: 1440, height: 900 });
    await city.signIn(page, people.officer);
    await page.goto("/bureau/stats");
    await stats.cell(page, "210302", "claimed").waitFor();
    assert.equal(await stats.cell(page, "210303", "claimed").count(), 0);
  },
};
