// A frozen case: the city stops what the holder has left, the holder reads so,
// the till refuses it, and clearing gives it back.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { people } from "../city.mjs";
import { offline, till, wallet } from "../words.mjs";
import { shownNow } from "./offline.mjs";

/** The opening round and the first night's are open, and the night has begun. */
export const wish = { clock: "2021-06-18T18:30:00+08:00" };

const once = () => ({ "idempotency-key": randomUUID() });

/** Claims a voucher of the open round of a campaign. */
async function claimed(city, resident, campaign) {
  const { body } = await city.api("GET", "/rounds?state=open&limit=100");
  const round = body.items.find((one) => one.campaign_id === campaign && one.method === "flash");
  return city.claim(resident, round.id);
}

/** A till without a network sends one voucher twice: a case about its holder. */
async function openCase(city, resident, voucher) {
  const [bureau, owner] = [await city.bearer(people.organizer), await city.bearer(people.owner)];
  const limits = { redemptions: 9, subsidy_fen: 100_000 };
  await city.api("PUT", "/offline/outlets/1", limits, { ...bureau, ...once() });
  const enrolled = await city.api("POST", "/tills", { name: "一号", outlet_id: 1 }, { ...owner, ...once() });
  const device = { ...owner, "yuehui-till": enrolled.body.secret };
  const { permit } = (await city.api("GET", "/offline/permit", undefined, device)).body;
  const token = await shownNow(city, resident, voucher);
  const made_at_ms = Date.parse((await city.api("GET", "/season")).body.now);
  for (const state of ["booked", "conflict"]) {
    const sale = { token, permit, order_fen: 8_800, made_at_ms };
    const { body } = await city.api("POST", "/redemptions/offline", sale, { ...device, ...once() });
    assert.equal(body.state, state, JSON.stringify(body));
  }
}

/** The till's page says that the voucher is frozen. */
async function refusedAtTill(city, resident, voucher) {
  const shop = await city.phone();
  await city.signIn(shop, people.clerk);
  shop.expectComplaint(/status of 422/);
  const { body } = await city.api("POST", `/vouchers/${voucher.voucher_id}/token`, {}, resident);
  await shop.goto("/shop/till");
  await till.code(shop).fill(body.code);
  await till.order(shop).fill("120");
  await till.preview(shop).click();
  await till.refusal(shop).waitFor();
  assert.equal(await till.refusal(shop).getAttribute("data-code"), "frozen");
}

export const journeys = {
  "a case freezes what its holder has left, without JavaScript, and clears it again": async (city) => {
    const number = people.resident(1);
    const resident = await city.bearer(number);
    const used = await claimed(city, resident, 1);
    const left = await claimed(city, resident, 2);
    await openCase(city, resident, used);

    const bureau = await city.phone({ width: 1440, height: 900, js: false });
    await city.signIn(bureau, people.organizer);
    await bureau.goto("/bureau/risk");
    await offline.freezes(bureau).click();
    assert.match(await offline.freeze(bureau).innerText(), /1/, "what it costs is said");
    await offline.freezeReason(bureau).fill("先核对两台设备");
    await offline.freeze(bureau).click();
    await bureau.locator('[data-case][data-state="frozen"]').waitFor();
    assert.match(await offline.held(bureau).innerText(), /1/);

    const phone = await city.phone({ js: false });
    await city.signIn(phone, number);
    await phone.goto("/wallet");
    await wallet.frozen(phone).waitFor();
    await phone.goto(`/wallet/${left.voucher_id}`);
    assert.match(await phone.locator("main").innerText(), /商务局/);
    await refusedAtTill(city, resident, left);

    await offline.reason(bureau).fill("小票齐全");
    await offline.clear(bureau).click();
    await bureau.locator('[data-case][data-state="cleared"]').waitFor();
    const { body } = await city.api("GET", `/vouchers/${left.voucher_id}`, undefined, resident);
    assert.equal(body.state, "issued");
  },
};
