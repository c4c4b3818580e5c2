// The community desk: a resident without a phone goes home with a paper, and
// the till takes it with the last four digits.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { desk, till } from "../words.mjs";

/** The example of GB 11643 itself. */
const NUMBER = "11010519491231002X";
const A6 = { width: 297.6, height: 419.5 };

/** Enters a resident at the desk; answers the page with the paper. */
async function printPaper(city, wish) {
  const page = await city.phone({ width: 1440, height: 900, ...wish });
  await city.signIn(page, people.desk);
  await page.waitForURL(/\/bureau\/desk$/);
  await desk.name(page).fill("王桂芬");
  await desk.identity(page).fill(NUMBER);
  await desk.check(page).click();
  await desk.confirmation(page).waitFor();
  assert.match(await desk.confirmation(page).innerText(), /110\*+002X/);
  assert.ok(!page.url().includes(NUMBER), "no number in the address");
  await desk.assist(page).click();
  await desk.slip(page).waitFor();
  return page;
}

const shownCode = async (page) => (await desk.code(page).innerText()).replaceAll(/\s/g, "");

/** How many A6 sheets the page prints on. */
async function sheets(page) {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const boxes = [...pdf.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)];
  for (const [, width, height] of boxes) {
    assert.ok(Math.abs(width - A6.width) < 2 && Math.abs(height - A6.height) < 2, `${width} × ${height}`);
  }
  return boxes.length;
}

export const journeys = {
  "the desk enters a resident, the paper prints, the till redeems it": async (city) => {
    const page = await printPaper(city);
    assert.equal(await sheets(page), 1, "one A6 sheet");
    const small = await desk.slip(page).evaluate((slip) =>
      [...slip.querySelectorAll("*")].filter((part) => parseFloat(getComputedStyle(part).fontSize) < 18).length);
    assert.equal(small, 0, "nothing on the paper is smaller than 18 px");
    const code = await shownCode(page);
    assert.match(code, /^[0-9A-Z]{12}$/);

    const shop = await city.phone();
    await city.signIn(shop, people.clerk);
    shop.expectComplaint(/status of 422/);
    await shop.goto("/shop/till");
    await till.code(shop).fill(code.toLowerCase());
    await till.order(shop).fill("50");
    await till.preview(shop).click();
    assert.equal(await till.refusal(shop).getAttribute("data-code"), "paper_check_required");
    await till.last4(shop).fill("0000");
    await till.preview(shop).click();
    await city.until("the wrong digits are told", async () =>
      (await till.refusal(shop).getAttribute("data-code")) === "paper_check_wrong");
    await till.last4(shop).fill("002x");
    await till.preview(shop).click();
    await till.confirm(shop).click();
    assert.match(await till.receiptCode(shop).innerText(), /\d{4}/);
    await page.reload();
    assert.match(await desk.slip(page).innerText(), /已使用/);
  },

  "without JavaScript the desk prints anew and the till asks for the digits": async (city) => {
    const page = await printPaper(city, { js: false });
    const first = await shownCode(page);
    await desk.printAnew(page).click();
    await page.waitForURL(/\/bureau\/desk\/\d+$/);
    const code = await shownCode(page);
    assert.notEqual(code, first);
    assert.equal(await desk.slip(page).getAttribute("data-prints"), "2");

    const shop = await city.phone({ js: false });
    await city.signIn(shop, people.clerk);
    await shop.goto("/shop/till");
    await till.code(shop).fill(code);
    await till.order(shop).fill("50");
    await till.preview(shop).click();
    await till.last4(shop).fill("002X");
    await till.preview(shop).click();
    await till.confirm(shop).click();
    assert.match(await till.receiptCode(shop).innerText(), /\d{4}/);
  },
};
