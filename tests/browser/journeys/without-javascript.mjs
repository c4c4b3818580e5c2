// Everything a resident needs works with JavaScript switched off.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { offers, round, wallet } from "../words.mjs";

export const journeys = {
  "without JavaScript a resident browses, filters and searches": async (city) => {
    const page = await city.phone({ js: false });
    await page.goto("/");
    await page.locator('a[href^="/offers"]').first().click();
    await offers.cards(page).first().waitFor();

    const { body } = await city.api("GET", "/promotions?district=210381&limit=100");
    await page.goto("/offers?district=210381");
    const first = offers.cards(page).first();
    const href = await first.getAttribute("href");
    assert.ok(body.items.some(({ id }) => href === `/promotions/${id}`), `${href} is of the district`);

    await page.goto("/offers");
    await offers.search(page).fill("hcs");
    await offers.find(page).click();
    await page.waitForURL(/[?&]q=hcs/);
    assert.match(await page.locator("main").innerText(), /海城烧烤/);
    await first.click();
    await page.waitForURL(/\/promotions\/\d+/);
  },

  "without JavaScript a resident signs in, claims and holds a code": async (city) => {
    const open = await city.round();
    const page = await city.phone({ js: false });
    await city.signIn(page, people.resident(2));
    await page.goto(`/rounds/${open.id}`);
    await round.claim(page).click();
    await city.openVoucher(page);
    await wallet.picture(page).waitFor();
    assert.match((await wallet.typedCode(page).innerText()).replaceAll(/\s/g, ""), /^[0-9A-Z]{12}$/);
    await page.goto("/wallet");
    assert.equal(await wallet.vouchers(page).count(), 1);
  },
};
