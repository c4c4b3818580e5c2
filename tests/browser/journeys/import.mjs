// The bureau brings in the merchants of a spreadsheet.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { imports } from "../words.mjs";

const HEADINGS = "统一社会信用代码,商户名称,商户类别,门店名称,区县,地址,营业时间";
const SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** The credit code of an invented merchant (GB 32100). */
function creditCode(number) {
  const body = `91210302TEM${String(number).padStart(6, "0")}`;
  const sum = [...body].reduce((sum, sign, place) => sum + SIGNS.indexOf(sign) * WEIGHTS[place], 0);
  return body + SIGNS[(31 - (sum % 31)) % 31];
}

/** A sheet of invented merchants; one of them of no district when `spoiled`. */
function sheet(count, spoiled) {
  const line = (number) =>
    `${creditCode(number)},试店${number},餐饮,总店,${spoiled && number === 1 ? "和平区" : "铁东区"},一路${number}号,每天 09:00-21:00`;
  const lines = Array.from({ length: count }, (_, number) => line(number));
  const text = [HEADINGS, ...lines].join("\n");
  return { name: "商户.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
}

async function upload(page, file) {
  await page.goto("/bureau/import");
  await imports.file(page).setInputFiles(file);
  await imports.upload(page).click();
  await page.waitForURL(/\/bureau\/import\/\d+$/);
}

const state = (page) => imports.state(page).getAttribute("data-state");

export const journeys = {
  "the bureau imports ten thousand rows and sees how far they are": async (city) => {
    const page = await city.phone({ width: 1440, height: 900 });
    await city.signIn(page, people.organizer);
    await upload(page, sheet(10_000, false));
    await city.until("it is checked", async () => (await state(page).catch(() => "")) === "checked");
    assert.equal(await imports.bad(page).count(), 0);
    await imports.confirm(page).click();
    await city.until("it is written", async () => (await state(page).catch(() => "")) === "done");
    const { body } = await city.api("GET", `/merchants?q=${encodeURIComponent("试店9999")}`);
    assert.equal(body.items[0].name, "试店9999");
  },

  "without JavaScript bad rows are listed and skipped": async (city) => {
    const page = await city.phone({ width: 1440, height: 900, js: false });
    await city.signIn(page, people.organizer);
    await upload(page, sheet(3, true));
    await city.until("it is checked", async () => {
      if ((await state(page)) !== "reading") return true;
      await imports.refresh(page).click();
      return false;
    });
    assert.match(await imports.bad(page).innerText(), /3\s+区县\s+和平区/);
    await imports.skip(page).click();
    await city.until("it is written", async () => {
      if ((await state(page)) === "done") return true;
      await page.reload();
      return false;
    });
    const { body } = await city.api("GET", `/merchants?q=${encodeURIComponent("试店")}`);
    assert.equal(body.items.length, 2);
  },
};
