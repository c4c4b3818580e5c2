// Two vouchers on one order: the city's and the merchants', on the third day of
// the season, when both are given out.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { refund, till } from "../words.mjs";

export const wish = { clock: "2021-06-20T10:05:00+08:00" };

/** A mall, where the merchants' voucher works. */
const MALL = { owner: "13800000015", clerk: "13800000016" };

/** The typed codes of both vouchers in the n-th resident's hands. */
async function codes(city, n) {
  const resident = await city.bearer(people.resident(n));
  const { body } = await city.api("GET", "/rounds?state=open&limit=100");
  const shown = [];
  for (const title of ["约惠开幕券", "商户联合满减券"]) {
    const round = body.items.find((round) => round.campaign_title === title);
    const voucher = await city.claim(resident, round.id);
    const token = await city.api("POST", `/vouchers/${voucher.voucher_id}/token`, {}, resident);
    shown.push(token.body.code);
  }
  return shown;
}

const bothRedeemed = (js) => async (city) => {
  const shop = await city.phone({ js });
  await city.signIn(shop, MALL.clerk);
  const [citys, merchants] = await codes(city, js ? 1 : 2);
  await shop.goto("/shop/till");
  await till.code(shop).fill(citys);
  await till.secondVoucher(shop).click();
  await till.second(shop).fill(merchants);
  await till.order(shop).fill("400");
  await till.preview(shop).click();
  assert.equal(await till.subsidy(shop).innerText(), "¥60");
  await till.confirm(shop).click();
  assert.match(await till.receiptCode(shop).innerText(), /\d{4}/);
  assert.equal(await till.payable(shop).innerText(), "¥340");

  // Each is refunded by itself, and tells of the other.
  const office = await city.phone({ js });
  await city.signIn(office, MALL.owner);
  await office.goto("/shop");
  await refund.sale(office).click();
  await till.sameOrder(office).click();
  await till.sameOrder(office).waitFor();
};

/** One press (and one more, where the till asks) undoes the order with both vouchers. */
const undone = (js) => async (city) => {
  const shop = await city.phone({ js });
  await city.signIn(shop, MALL.clerk);
  const [citys, merchants] = await codes(city, js ? 5 : 6);
  await shop.goto("/shop/till");
  await till.code(shop).fill(citys);
  await till.secondVoucher(shop).click();
  await till.second(shop).fill(merchants);
  await till.order(shop).fill("400");
  await till.preview(shop).click();
  await till.confirm(shop).click();
  await till.receiptCode(shop).waitFor();
  await shop.goto("/shop/till");
  assert.equal(await till.undo(shop).count(), 1, "one button for the order");
  await till.undo(shop).click();
  if (js) {
    await till.undo(shop).click();
    await city.until("it is told", async () => /2 张券已退回/.test(await till.undoSaid(shop).innerText()));
  }
  await city.until("both are undone", async () => (await till.saleState(shop).count()) === 2);
  const resident = await city.bearer(people.resident(js ? 5 : 6));
  const { items } = (await city.api("GET", "/vouchers", undefined, resident)).body;
  assert.deepEqual(items.map((voucher) => voucher.state), ["issued", "issued"]);
};

export const journeys = {
  "an order with two vouchers is undone at once": undone(true),
  "without JavaScript an order with two vouchers is undone at once": undone(false),

  "two vouchers are redeemed on one order": bothRedeemed(true),
  "without JavaScript two vouchers are redeemed on one order": bothRedeemed(false),

  "two vouchers of one kind do not join": async (city) => {
    const shop = await city.phone();
    await city.signIn(shop, MALL.clerk);
    const [first] = await codes(city, 3);
    const [second] = await codes(city, 4);
    shop.expectComplaint(/status of 422/);
    await shop.goto("/shop/till");
    await till.code(shop).fill(first);
    await till.secondVoucher(shop).click();
    await till.second(shop).fill(second);
    await till.order(shop).fill("400");
    await till.preview(shop).click();
    assert.equal(await till.refusal(shop).getAttribute("data-code"), "not_stackable");
    assert.equal(await till.second(shop).getAttribute("aria-invalid"), "true");
  },
};
