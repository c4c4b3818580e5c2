// The till without a network: redeemed offline, sent once each, and a voucher
// that two such tills took is paid once.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { people } from "../city.mjs";
import { openWire } from "../wire.mjs";
import { crew, offline, wallet } from "../words.mjs";

const STEP_MS = 30_000;
const STEPS = 2_880;
const NO_NETWORK = /ERR_|Failed to fetch|Failed to load resource/;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** What the phone with a voucher shows at this moment, computed anew. */
export async function shownNow(city, resident, voucher) {
  const held = (await city.api("GET", `/vouchers/${voucher.voucher_id}`, undefined, resident)).body;
  const { pass, first_step } = held.offline;
  const now = Date.parse((await city.api("GET", "/season")).body.now);
  const place = Math.floor(now / STEP_MS) - first_step + 1;
  const number = (n) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(n));
    return bytes;
  };
  const keyed = (key, words, n) => createHmac("sha256", key).update(words).update(number(n)).digest().subarray(0, 20);
  let link = keyed(Buffer.from(held.secret, "hex"), "yuehui offline chain", first_step);
  for (let at = STEPS; at > place; at -= 1) link = keyed(link, "yuehui link", at);
  const bits = [...link].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return pass + bits.match(/.{5}/g).map((five) => ALPHABET[Number.parseInt(five, 2)]).join("");
}

async function freshVoucher(city, n) {
  const resident = await city.bearer(people.resident(n));
  return { resident, voucher: await city.claim(resident, (await city.round()).id) };
}

/** The city lets the first outlet redeem without a network. */
async function allow(city) {
  const bureau = await city.phone({ width: 1440, height: 900 });
  await city.signIn(bureau, people.organizer);
  await bureau.goto("/bureau/offline");
  await offline.outlet(bureau).fill("1");
  await offline.redemptions(bureau).fill("9");
  await offline.allow(bureau).click();
  await bureau.locator('[data-outlet="1"]').waitFor();
  return bureau;
}

/** The owner's phone as an enrolled till, ready to go on alone; `wire` is its network. */
async function readyTill(city, name) {
  const wire = await openWire(city.origin);
  const device = await city.phone({ origin: wire.origin });
  await city.signIn(device, people.owner);
  await device.goto("/shop/till");
  await crew.enrolment(device).click();
  await crew.name(device).fill(name);
  await crew.enrol(device).click();
  await offline.started(device).waitFor();
  await device.goto("/shop/till/offline");
  await offline.started(device).waitFor();
  assert.equal(await offline.state(device).getAttribute("data-ready"), "yes");
  await city.until("a worker serves the page", () => device.evaluate(() => navigator.serviceWorker.controller !== null));
  const cut = async () => {
    device.expectComplaint(NO_NETWORK);
    wire.cut();
    await device.context().setOffline(true);
  };
  const mend = async () => {
    wire.mend();
    await device.context().setOffline(false);
  };
  return { device, wire, cut, mend };
}

/** The till after its renderer was killed: a new tab that knows nothing but what the disk has. */
async function reopened(city, device) {
  const tab = await city.afterCrash(device);
  tab.expectComplaint(NO_NETWORK);
  await tab.goto("/shop/till/offline");
  await tab.locator("[data-offline-till]").waitFor();
  await offline.started(tab).waitFor();
  return tab;
}

async function redeem(device, token, order = "80") {
  await offline.code(device).fill(token);
  await offline.order(device).fill(order);
  await offline.test(device).click();
  await offline.confirm(device).click();
  await offline.noted(device).waitFor();
}

const states = (device) => offline.sale(device).evaluateAll((sales) => sales.map((sale) => sale.dataset.state));
const all = (found, state, count) => found.length === count && found.every((one) => one === state);

export const journeys = {
  "a till loses its network, redeems four times over a reload, and each counts once": async (city) => {
    await allow(city);
    const { device, wire, cut, mend } = await readyTill(city, "一号收银台");
    const vouchers = [];
    for (const n of [1, 2, 3, 4]) vouchers.push(await freshVoucher(city, n));

    // One code comes from the page that a resident sees.
    const phone = await city.phone();
    await city.signIn(phone, people.resident(1));
    await phone.goto(`/wallet/${vouchers[0].voucher.voucher_id}`);
    await wallet.offline(phone).click();
    const shown = await wallet.offlineQr(phone).getAttribute("data-token");
    assert.equal(shown.length, 201);

    await cut();
    await redeem(device, shown);
    for (const { resident, voucher } of vouchers.slice(1, 3)) await redeem(device, await shownNow(city, resident, voucher));
    assert.ok(all(await states(device), "pending", 3));
    await device.reload();
    await offline.started(device).waitFor();
    assert.ok(all(await states(device), "pending", 3), "a reload loses nothing");

    // What was used here is refused, and so is what does not reach the threshold.
    await offline.code(device).fill(shown);
    await offline.order(device).fill("80");
    await offline.test(device).click();
    await device.locator('[data-testid="offline-refused"][data-code="already_here"]').waitFor();
    const last = vouchers[3];
    await offline.code(device).fill(await shownNow(city, last.resident, last.voucher));
    await offline.order(device).fill("10");
    await offline.test(device).click();
    await device.locator('[data-testid="offline-refused"][data-code="below_threshold"]').waitFor();
    await redeem(device, await shownNow(city, last.resident, last.voucher));
    const owner = await city.bearer(people.owner);
    const booked = async () => (await city.api("GET", "/redemptions", undefined, owner)).body.items;
    assert.equal((await booked()).length, 0);

    await mend();
    await city.until("all four are booked", async () => all(await states(device), "booked", 4));
    assert.equal(new Set((await booked()).map((sale) => sale.voucher_id)).size, 4);
    assert.equal((await booked()).length, 4);
    await device.reload();
    await offline.started(device).waitFor();
    assert.equal((await booked()).length, 4, "nothing is sent again");
    wire.close();
  },

  "a till whose tab is killed twice loses nothing and sends nothing twice": async (city) => {
    await allow(city);
    const { device, wire, cut } = await readyTill(city, "一号收银台");
    const vouchers = [];
    for (const n of [6, 7, 8]) vouchers.push(await freshVoucher(city, n));
    const token = ({ resident, voucher }) => shownNow(city, resident, voucher);

    // Killed between “stored” and “sent”, without a network.
    await cut();
    const first = await token(vouchers[0]);
    await redeem(device, first);
    await redeem(device, await token(vouchers[1]));
    const second = await reopened(city, device);
    assert.ok(all(await states(second), "pending", 2), "a killed tab loses nothing");
    await offline.code(second).fill(first);
    await offline.order(second).fill("80");
    await offline.test(second).click();
    await second.locator('[data-testid="offline-refused"][data-code="already_here"]').waitFor();
    await redeem(second, await token(vouchers[2]));

    // Killed again once the server has booked one and the answer is lost.
    const owner = await city.bearer(people.owner);
    const listed = async (path) => (await city.api("GET", path, undefined, owner)).body.items;
    wire.loseAnswers();
    await second.context().setOffline(false);
    await city.until("one is booked", async () => (await listed("/redemptions")).length === 1);
    assert.ok(all(await states(second), "pending", 3), "the till has heard nothing");
    wire.cut();
    await second.context().setOffline(true);
    const third = await reopened(city, second);
    assert.ok(all(await states(third), "pending", 3), "and neither has the next tab");

    wire.mend();
    await third.context().setOffline(false);
    await city.until("all three are booked", async () => all(await states(third), "booked", 3));
    assert.equal(new Set((await listed("/redemptions")).map((sale) => sale.voucher_id)).size, 3);
    assert.equal((await listed("/redemptions")).length, 3);
    const arrived = await listed("/redemptions/offline");
    assert.ok(all(arrived.map((sale) => sale.state), "booked", 3), "each arrived once");
    assert.equal((await listed("/shop/risk")).length, 0);
    wire.close();
  },

  "a voucher that two tills without a network took is paid once, and a case is opened": async (city) => {
    const bureau = await allow(city);
    const tills = [await readyTill(city, "一号收银台"), await readyTill(city, "二号收银台")];
    const { resident, voucher } = await freshVoucher(city, 5);
    for (const { cut } of tills) await cut();
    const token = await shownNow(city, resident, voucher);
    for (const { device } of tills) await redeem(device, token);
    for (const [n, { device, mend }] of tills.entries()) {
      await mend();
      const wanted = n === 0 ? "booked" : "conflict";
      await city.until(`it is ${wanted}`, async () => all(await states(device), wanted, 1));
    }
    const owner = await city.bearer(people.owner);
    assert.equal((await city.api("GET", "/redemptions", undefined, owner)).body.items.length, 1);

    const { device } = tills[1];
    await device.goto("/shop/risk");
    assert.equal(await offline.risk(device).count(), 1);
    await bureau.goto("/bureau/risk");
    assert.equal(await offline.risk(bureau).count(), 1);
    await offline.reason(bureau).fill("两台设备各扫一次，先到的有效");
    await offline.clear(bureau).click();
    await bureau.locator('[data-case][data-state="cleared"]').waitFor();
    tills.forEach(({ wire }) => wire.close());
  },
};
