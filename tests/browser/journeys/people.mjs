// A merchant's people and tills: a clerk joins by QR, a till is switched off.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { crew, login, refund, till } from "../words.mjs";

/** The typed code of a fresh voucher of the n-th resident. */
async function freshCode(city, n) {
  const resident = await city.bearer(people.resident(n));
  const voucher = await city.claim(resident, (await city.round()).id);
  const shown = await city.api("POST", `/vouchers/${voucher.voucher_id}/token`, {}, resident);
  return shown.body.code;
}

/** The owner makes a QR for a clerk; answers the link that it holds. */
async function invited(page) {
  await page.goto("/shop/clerks");
  await crew.role(page).selectOption("clerk");
  await crew.outlet(page, 1).check();
  await crew.invite(page).click();
  await crew.picture(page).waitFor();
  return crew.link(page).getAttribute("href");
}

const joins = (js) => async (city) => {
  const shop = await city.phone({ js, width: 1440, height: 900 });
  await city.signIn(shop, people.owner);
  const link = await invited(shop);
  assert.ok(link.startsWith(`${city.origin}/shop/invitation/`), link);

  // The new clerk's phone opens what the camera read.
  const phone = await city.phone({ js });
  await phone.goto(link);
  await crew.signIn(phone).click();
  await login.phone(phone).fill(people.resident(7));
  await login.askForCode(phone).click();
  const code = (await login.demoCode(phone).innerText()).match(/\d{4,8}/)[0];
  await login.code(phone).fill(code);
  await login.enter(phone).click();
  assert.match(await crew.invitedAs(phone).innerText(), /店员/);
  await crew.name(phone).fill("小新");
  await crew.accept(phone).click();
  await phone.waitForURL("**/shop/till");
  assert.match(await city.redeemAtTill(phone, await freshCode(city, 8), 80), /\d{4}/);

  // The owner sees who redeemed, and removes them.
  await shop.goto("/shop");
  await refund.sale(shop).click();
  assert.match(await crew.clerkAndTill(shop).innerText(), /小新/);
  await shop.goto("/shop/clerks");
  const line = crew.line(shop, "小新");
  await crew.change(line).click();
  await crew.remove(line).click();
  await city.until("the name is gone", async () => (await crew.line(shop, "小新").count()) === 0);
  phone.expectComplaint(/status of 403/);
  await phone.goto("/shop/till");
  await phone.locator('[data-code="wrong_role"]').waitFor();
};

export const journeys = {
  "a clerk joins by QR, redeems, and is removed": joins(true),
  "without JavaScript a clerk joins by QR, redeems, and is removed": joins(false),

  "a till is enrolled, noted, switched off and on": async (city) => {
    const device = await city.phone();
    await city.signIn(device, people.owner);
    await device.goto("/shop/till");
    await crew.enrolment(device).click();
    await crew.name(device).fill("一号收银台");
    await crew.enrol(device).click();
    assert.match(await crew.ownTill(device).innerText(), /一号收银台/);
    await city.redeemAtTill(device, await freshCode(city, 1), 80);

    const office = await city.phone();
    await city.signIn(office, people.owner);
    await office.goto("/shop");
    await refund.sale(office).click();
    assert.match(await crew.clerkAndTill(office).innerText(), /一号收银台/);
    const turn = async (on) => {
      await office.goto("/shop/clerks");
      const line = crew.till(office, "一号收银台");
      await crew.change(line).click();
      await crew.switch(line).click();
      await office.locator(`[data-till][data-on="${on}"]`).waitFor();
    };

    // It is switched off while a sale lies on its desk.
    await device.goto("/shop/till");
    await till.code(device).fill(await freshCode(city, 2));
    await till.order(device).fill("80");
    await turn(false);
    device.expectComplaint(/status of 403/);
    await till.preview(device).click();
    assert.equal(await till.refusal(device).getAttribute("data-code"), "till_off");
    await device.goto("/shop/till");
    await device.locator('[data-code="till_off"]').waitFor();
    await turn(true);
    await device.goto("/shop/till");
    assert.match(await crew.ownTill(device).innerText(), /一号收银台/);
  },

  "an outlet lets enrolled tills alone redeem": async (city) => {
    const office = await city.phone({ js: false });
    await city.signIn(office, people.owner);
    await office.goto("/shop/clerks");
    await crew.changeRule(crew.rule(office, 1)).click();
    await office.locator('[data-rule="1"][data-enrolled-only="true"]').waitFor();

    // A clerk's own phone is told what to do; once enrolled, it redeems.
    const device = await city.phone();
    device.expectComplaint(/status of 422/);
    await city.signIn(device, people.owner);
    const code = await freshCode(city, 3);
    await device.goto("/shop/till");
    await till.code(device).fill(code);
    await till.order(device).fill("80");
    await till.preview(device).click();
    assert.equal(await till.refusal(device).getAttribute("data-code"), "till_required");
    assert.match(await till.refusal(device).innerText(), /登记/);
    await crew.enrolment(device).click();
    await crew.name(device).fill("一号收银台");
    await crew.enrol(device).click();
    await crew.ownTill(device).waitFor();
    assert.match(await city.redeemAtTill(device, await freshCode(city, 4), 80), /\d{4}/);
  },
};
