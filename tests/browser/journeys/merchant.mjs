// What a merchant is owed and may undo: at the till, on the refund's page, on
// the statement.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { people } from "../city.mjs";
import { refund, statement, till } from "../words.mjs";

/** The typed code of a fresh voucher of the n-th resident. */
async function freshCode(city, n) {
  const resident = await city.bearer(people.resident(n));
  const voucher = await city.claim(resident, (await city.round()).id);
  const shown = await city.api("POST", `/vouchers/${voucher.voucher_id}/token`, {}, resident);
  return shown.body.code;
}

async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

export const journeys = {
  "a partial refund is checked, made and stands on the statement": async (city) => {
    const shop = await city.phone();
    await city.signIn(shop, people.owner);
    await city.redeemAtTill(shop, await freshCode(city, 1), 90);
    await shop.goto("/shop");
    await refund.sale(shop).click();
    await refund.amount(shop).fill("30");
    await refund.next(shop).click();
    // Of ¥30 the voucher's third goes back to the pot: ⌊20 × 30 ÷ 90⌋.
    assert.equal(await refund.forResident(shop).innerText(), "¥23.34");
    await refund.reason(shop).fill("一道菜没上");
    await refund.confirm(shop).click();
    assert.equal(await refund.refunded(shop).innerText(), "¥30");
    assert.equal(await refund.subsidyBack(shop).innerText(), "¥6.66");

    await shop.goto("/shop/statement");
    assert.equal(await statement.agrees(shop).getAttribute("data-agrees"), "true");
    assert.equal(await statement.total(shop, "payable_fen").innerText(), "13.34");
    assert.equal(await statement.cell(shop, 1, "2021-06-18", "government_back_fen").innerText(), "6.66");
    const book = await download(shop, shop.locator('a[href*="statements.xlsx"]').first());
    assert.match(book.name, /^statement_1_2021-06-14_2021-06-20\.xlsx$/);
    assert.equal(book.bytes.subarray(0, 2).toString(), "PK");
    const table = await download(shop, shop.locator('a[href*="statements.csv"]'));
    assert.match(table.bytes.toString(), /^\ufeff起,止,.*\r\n2021-06-18,2021-06-18,1,/);
  },

  "a clerk undoes a redemption within the minute, with the discount noted": async (city) => {
    const shop = await city.phone();
    shop.expectComplaint(/status of 422/);
    // What the till lets a clerk feel and hear.
    await shop.addInitScript(() => {
      globalThis.felt = [];
      globalThis.heard = [];
      navigator.vibrate = (pattern) => felt.push([...pattern].join(" "));
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...at) {
        heard.push(`${this.type} ${this.frequency.value}`);
        return start.apply(this, at);
      };
    });
    const told = () => shop.evaluate(() => ({ felt, heard }));
    await city.signIn(shop, people.clerk);
    await shop.goto("/shop/till");
    await till.code(shop).fill(await freshCode(city, 2));
    await till.order(shop).fill("8");
    await till.preview(shop).click();
    await till.refusal(shop).waitFor();
    assert.deepEqual(await told(), { felt: ["350 100 350"], heard: ["square 196"] }, "no is low and long");
    await till.order(shop).fill("88");
    await till.discount(shop).fill("8");
    await till.preview(shop).click();
    await till.confirm(shop).waitFor();
    assert.deepEqual((await told()).felt.slice(1), ["40"], "yes is short");
    assert.deepEqual((await told()).heard.slice(1), ["sine 880"]);
    assert.match(await till.discounted(shop).innerText(), /8/);
    await till.confirm(shop).click();
    await till.receiptCode(shop).waitFor();
    // The first press asks, the second undoes.
    await till.undo(shop).click();
    await till.undo(shop).click();
    await till.saleState(shop).waitFor();
    assert.match(await till.undoSaid(shop).innerText(), /60/);
    assert.equal(await till.undo(shop).count(), 0);
    // The switch of sound is remembered on this device.
    assert.match(await till.sound(shop).innerText(), /开/);
    await till.sound(shop).click();
    await shop.reload();
    await city.until("the wish is read", async () => /关/.test(await till.sound(shop).innerText()));
  },

  "without JavaScript a till redeems and undoes, and an owner refunds": async (city) => {
    const shop = await city.phone({ js: false });
    await city.signIn(shop, people.owner);
    await city.redeemAtTill(shop, await freshCode(city, 3), 80);
    await shop.goto("/shop/till");
    await till.undo(shop).click();
    assert.match(await till.saleState(shop).innerText(), /已撤销/);
    await city.redeemAtTill(shop, await freshCode(city, 4), 60);
    await shop.goto("/shop");
    await refund.sale(shop).click();
    await refund.amount(shop).fill("100");
    await refund.next(shop).click();
    assert.match(await shop.locator('[data-code="refund_too_large"]').innerText(), /60/);
    await refund.amount(shop).fill("60");
    await refund.next(shop).click();
    await refund.reason(shop).fill("退单");
    await refund.confirm(shop).click();
    assert.equal(await refund.refunded(shop).innerText(), "¥60");
    await shop.goto("/shop/statement?week=2021-06-21");
    await statement.nothing(shop).waitFor();
  },
};
