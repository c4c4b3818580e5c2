// The moment a flash round opens, watched from before.
import { people } from "../city.mjs";
import { round } from "../words.mjs";

export const wish = { clock: "2021-06-18T09:59:45+08:00" };

export const journeys = {
  "a resident watches a round open and claims at once": async (city) => {
    const phone = await city.phone();
    await city.signIn(phone, people.resident(7));
    const soon = await city.until("the round is announced", async () => {
      const { body } = await city.api("GET", "/rounds");
      return body.items.find(({ method, state }) => method === "flash" && state !== "closed");
    });
    await phone.goto(`/rounds/${soon.id}`);
    await round.claim(phone).and(phone.locator(":enabled")).click({ timeout: 30_000 });
    await city.openVoucher(phone);
  },
};
