// A shopkeeper joins from a phone, is live at once, is reviewed, and redeems.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { join, merchantReview } from "../words.mjs";

/** The typed code of a fresh voucher of the n-th resident. */
async function freshCode(city, n) {
  const resident = await city.bearer(people.resident(n));
  const voucher = await city.claim(resident, (await city.round()).id);
  const shown = await city.api("POST", `/vouchers/${voucher.voucher_id}/token`, {}, resident);
  return shown.body.code;
}

/** Fills in the four steps and signs; a wrong code first, which is named. */
async function joinAsMerchant(city, page, account) {
  await page.goto("/shop/join");
  await join.login(page).waitFor();
  await city.signIn(page, account);
  await page.goto("/shop/join");
  await join.creditCode(page).fill("91210302DEM000014J");
  await join.name(page).fill("岫岩小馆");
  await join.kind(page).selectOption("catering");
  await join.next(page).click();
  assert.match(await join.fault(page, "credit_code").innerText(), /H/);
  // Another merchant's code is named, whoever types it.
  await join.creditCode(page).fill("91210302DEM000014H");
  await join.next(page).click();
  assert.match(await join.fault(page, "credit_code").innerText(), /钢城老味道饭庄/);
  await join.creditCode(page).fill("92210323ma0tekt299");
  await join.next(page).click();
  await join.outletName(page).fill("总店");
  await join.district(page).selectOption("210302");
  await join.address(page).fill("阜昌路1号");
  await join.start(page, 0).fill("09:00");
  await join.end(page, 0).fill("14:00");
  await join.days(page, 1).selectOption("daily");
  await join.start(page, 1).fill("17:00");
  await join.end(page, 1).fill("02:00");
  await join.saveOutlet(page).click();
  await join.goOn(page).waitFor();
  assert.match(await page.locator("main").innerText(), /17:00–次日02:00/);

  // Left and come back to: nothing is lost.
  await page.goto("/");
  await page.goto("/shop/join");
  assert.match(page.url(), /\/shop\/join$/);
  await join.contactName(page).fill("王店主");
  await join.contactPhone(page).fill("13800009999");
  await join.next(page).click();
  assert.match(await page.locator("main").innerText(), /疫情防控/);
  await join.agreed(page).check();
  await join.sign(page).click();
  await page.waitForURL(/\/shop$/);
  assert.match(await join.standing(page).innerText(), /0\/30/);
}

export const journeys = {
  "a shop joins, is reviewed and redeems": async (city) => {
    const shop = await city.phone();
    await joinAsMerchant(city, shop, people.resident(40));
    const receipt = await city.redeemAtTill(shop, await freshCode(city, 41), 88);
    assert.match(receipt, /\d{4}/);
    await shop.goto("/shop");
    assert.match(await join.standing(shop).innerText(), /1\/30/);

    const bureau = await city.phone({ width: 1440, height: 900 });
    await city.signIn(bureau, people.officer);
    await bureau.goto("/bureau/reviews");
    await merchantReview.merchant(bureau).click();
    assert.match(await bureau.locator("main").innerText(), /13800009999/);
    await merchantReview.decide(bureau, "approve").click();
    await merchantReview.nothing(bureau).waitFor();
    await shop.goto("/shop");
    assert.equal(await join.standing(shop).count(), 0);
    await city.redeemAtTill(shop, await freshCode(city, 42), 88);
  },

  "without JavaScript a shop joins, is rejected, and its till says why": async (city) => {
    const shop = await city.phone({ js: false });
    await joinAsMerchant(city, shop, people.resident(43));
    const bureau = await city.phone({ width: 1440, height: 900, js: false });
    await city.signIn(bureau, people.organizer);
    await bureau.goto("/bureau/reviews");
    await merchantReview.merchant(bureau).click();
    await merchantReview.reason(bureau).last().fill("执照与门店不符");
    await merchantReview.decide(bureau, "reject").click();
    await merchantReview.nothing(bureau).waitFor();
    await shop.goto("/shop/till");
    assert.match(await join.standing(shop).innerText(), /执照与门店不符/);
    await city.api("GET", "/merchants?q=岫岩小馆").then(({ body }) => assert.equal(body.items.length, 0));

    // It applies again with what it entered before, and waits for the review.
    await shop.goto("/shop");
    await join.again(shop).click();
    assert.match(await join.turnedDown(shop).innerText(), /执照与门店不符/);
    assert.equal(await join.name(shop).inputValue(), "岫岩小馆");
    await join.name(shop).fill("岫岩小馆站前店");
    await join.next(shop).click();
    await join.goOn(shop).click();
    assert.equal(await join.contactPhone(shop).inputValue(), "13800009999");
    await join.next(shop).click();
    await join.agreed(shop).check();
    await join.sign(shop).click();
    await shop.waitForURL(/\/shop$/);
    assert.match(await join.standing(shop).innerText(), /已重新申请/);
    await city.api("GET", "/merchants?q=岫岩小馆").then(({ body }) => assert.equal(body.items.length, 0));
    await bureau.goto("/bureau/reviews");
    assert.match(await merchantReview.merchant(bureau).innerText(), /站前店/);
    await merchantReview.merchant(bureau).click();
    await merchantReview.decide(bureau, "approve").click();
    await merchantReview.nothing(bureau).waitFor();
    await shop.goto("/shop");
    assert.equal(await join.standing(shop).count(), 0);
    await city.redeemAtTill(shop, await freshCode(city, 44), 88);
  },
};
