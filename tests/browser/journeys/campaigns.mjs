// The city builds a campaign, a second person publishes it, residents see it.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { campaigns } from "../words.mjs";

const WIDE = { width: 1440, height: 900, js: false };

/** Fills in a campaign of one flash round with a pot of so many yuan. */
async function fill(page, pot) {
  const field = (name) => page.locator(`[name="form[${name}]"]`);
  await field("title").fill("夜市加油券");
  await field("face_value").fill("10");
  await field("threshold").fill("40");
  await field("pot").fill(pot);
  await field("usable_from").fill("2021-06-18");
  await field("usable_to").fill("2021-06-30");
  await fillRound(page, "首轮", "2021-06-18", "300");
}

/** Fills in the first round of a form, from noon to ten at night of a day. */
async function fillRound(page, title, day, quantity) {
  const round = (name) => page.locator(`[name="form[rounds][0][${name}]"]`);
  await round("title").fill(title);
  await round("opens_at").fill(`${day}T12:00`);
  await round("closes_at").fill(`${day}T22:00`);
  await round("quantity").fill(quantity);
}

export const journeys = {
  "a campaign's card and budget follow what is typed, and nothing is saved": async (city) => {
    const page = await city.phone({ ...WIDE, js: true });
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/campaigns/new");
    const part = (name) => page.locator(`[data-part="${name}"]`);
    const shows = (name, text) => city.until(`${name} shows ${text}`, async () => (await part(name).innerText()) === text);
    await fill(page, "2000");
    await shows("vouchers", "300");
    await shows("value", "3,000.00");
    await shows("amount", "¥10");
    await shows("title", "夜市加油券");
    await city.until("the sentence is there", async () => /^满40减10，全市/.test(await part("sentence").innerText()));
    assert.match(await campaigns.over(page).innerText(), /1,?000/);
    await page.locator('[name="form[pot]"]').fill("4000");
    await shows("left", "1,000.00");
    assert.equal(await campaigns.over(page).isVisible(), false);
    const drafts = await city.api("GET", "/drafts", undefined, await city.bearer(people.organizer));
    assert.equal(drafts.body.items.some((draft) => draft.form.title === "夜市加油券" && draft.form.pot === "4000"), false);
  },

  "without JavaScript the city builds a campaign and finance publishes it": async (city) => {
    const page = await city.phone(WIDE);
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/campaigns");
    await campaigns.begin(page).click();
    await fill(page, "2000");
    await campaigns.save(page).click();
    await page.waitForURL(/\/bureau\/campaigns\/drafts\/\d+$/);
    assert.match(await campaigns.sentence(page).innerText(), /^满40减10，全市/);
    assert.match(await campaigns.over(page).innerText(), /1,?000/);

    await campaigns.submit(page).click();
    assert.match(await page.getByRole("alert").innerText(), /超出资金池/);
    assert.equal(await campaigns.state(page).innerText(), "草稿");
    await page.locator('[name="form[pot]"]').fill("3000");
    await campaigns.save(page).click();
    await campaigns.submit(page).click();
    assert.equal(await campaigns.state(page).innerText(), "待复核发布");
    assert.equal(await campaigns.publish(page).count(), 0, "not by whoever built it");
    const draft = new URL(page.url()).pathname;

    const second = await city.phone(WIDE);
    await city.signIn(second, people.finance);
    await second.goto(draft);
    await campaigns.publish(second).click();
    await second.waitForURL(/\/bureau\/campaigns\/\d+$/);
    assert.match(await second.locator("main").innerText(), /夜市加油券/);

    const resident = await city.phone({ js: false });
    await resident.goto("/vouchers");
    await resident.getByText("夜市加油券").first().click();
    assert.match(await resident.locator("main").innerText(), /满40减10，全市/);
  },

  "without JavaScript a published campaign gets a further round": async (city) => {
    const page = await city.phone(WIDE);
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/campaigns/new");
    await fill(page, "5000");
    await page.locator('[name="form[title]"]').fill("周周有券");
    await page.locator('[name="form[per_campaign]"]').fill("2");
    await page.locator('[name="form[per_merchant_day]"]').fill("1");
    await campaigns.save(page).click();
    assert.match(await campaigns.sentence(page).innerText(), /同一商户（各门店合计）每天最多用 1 张/);
    await campaigns.submit(page).click();
    const second = await city.phone(WIDE);
    await city.signIn(second, people.finance);
    await second.goto(new URL(page.url()).pathname);
    await campaigns.publish(second).click();
    await second.waitForURL(/\/bureau\/campaigns\/\d+$/);
    const published = new URL(second.url()).pathname;

    await page.goto(published);
    await campaigns.addRounds(page).click();
    await page.waitForURL(/\/bureau\/campaigns\/drafts\/\d+$/);
    assert.match(await campaigns.extends(page).innerText(), /周周有券/);
    assert.equal(await page.locator('[name="form[face_value]"]').count(), 0, "the terms stay");
    await fillRound(page, "第二周", "2021-06-25", "201");
    await campaigns.save(page).click();
    assert.match(await campaigns.over(page).innerText(), /10/);
    await fillRound(page, "第二周", "2021-06-25", "200");
    await campaigns.save(page).click();
    await campaigns.submit(page).click();
    await second.goto(new URL(page.url()).pathname);
    await campaigns.publish(second).click();
    await second.waitForURL((url) => url.pathname === published);
    assert.match(await second.locator("main").innerText(), /首轮[^]*第二周/);
  },
};
