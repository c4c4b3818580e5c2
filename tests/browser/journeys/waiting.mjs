// A waiting room: joined before the opening, kept over a reload, left with a voucher.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { round } from "../words.mjs";

/** Somewhat before the opening; one place has its turn each two seconds or so. */
export const wish = {
  clock: "2021-06-18T09:59:40+08:00",
  args: ["--places-per-second", "1", "--work", "always"],
};

const ROUND = 1;
const kept = (page) => page.evaluate((name) => JSON.parse(sessionStorage.getItem(name)), `yuehui.round.${ROUND}`);

export const journeys = {
  "a resident waits, loads the page again and is claimed for at the opening": async (city) => {
    // Others wait too, so that the resident's turn is drawn.
    for (const n of [11, 12, 13]) {
      const joined = await city.api("POST", `/rounds/${ROUND}/places`, {}, await city.bearer(people.resident(n)));
      assert.equal(joined.status, 201, JSON.stringify(joined.body));
    }
    const phone = await city.phone();
    // A refusal before the turn is noted by the browser.
    phone.expectComplaint(/status of (425|428)/);
    await city.signIn(phone, people.resident(10));
    await phone.goto(`/rounds/${ROUND}`);
    await round.atOpening(phone).check();
    await round.line(phone).waitFor();
    assert.ok(await round.claim(phone).isDisabled(), "nobody claims before the opening");
    const before = await city.until("the place and the work are kept", async () => {
      const mine = await kept(phone);
      return mine?.place && mine?.work && mine;
    });
    assert.ok(before.armed);

    await phone.reload();
    await round.line(phone).waitFor();
    assert.ok(await round.atOpening(phone).isChecked(), "the wish is kept");
    const after = await kept(phone);
    assert.deepEqual([after.place, after.key], [before.place, before.key]);

    // No further press: the page does it when the turn comes.
    await phone.waitForURL(/\/wallet\/\d+/, { timeout: 60_000 });
  },

  "whoever comes late stands behind those who waited and is claimed for": async (city) => {
    // One has its turn each second: the line is long enough for a slow machine to see it.
    for (let n = 21; n <= 36; n += 1) {
      const joined = await city.api("POST", `/rounds/${ROUND}/places`, {}, await city.bearer(people.resident(n)));
      assert.equal(joined.status, 201);
    }
    const phone = await city.phone();
    phone.expectComplaint(/status of (425|428)/);
    await city.signIn(phone, people.resident(20));
    await phone.goto("/");
    const opening = Date.parse("2021-06-18T10:00:00+08:00");
    const { body } = await city.api("GET", "/season");
    await phone.waitForTimeout(opening - Date.parse(body.now) + 500);
    await phone.goto(`/rounds/${ROUND}`);
    await round.claim(phone).click();
    await round.line(phone).waitFor();
    assert.match(await round.line(phone).innerText(), /前面/);
    await phone.waitForURL(/\/wallet\/\d+/, { timeout: 60_000 });
  },
};
