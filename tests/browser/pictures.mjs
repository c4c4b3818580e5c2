// Takes the README's three pictures: `node pictures.mjs` fills pictures/.
import { fileURLToPath } from "node:url";
import { openCity, people } from "./city.mjs";
import { startChromium } from "./phone.mjs";
import { stats, wallet } from "./words.mjs";

const ALBUM = fileURLToPath(new URL("pictures/", import.meta.url));
/** So many residents have used a voucher before the pictures are taken. */
const GUESTS = 9;

const chromium = await startChromium();
const city = await openCity(chromium);
try {
  const open = await city.round();
  const shop = await city.phone({ still: true });
  await city.signIn(shop, people.clerk);
  for (let guest = 2; guest < 2 + GUESTS; guest += 1) {
    const resident = await city.bearer(people.resident(guest));
    const voucher = await city.claim(resident, open.id);
    const shown = await city.api("POST", `/vouchers/${voucher.voucher_id}/token`, {}, resident);
    await city.redeemAtTill(shop, shown.body.code, 66 + 7 * guest);
  }
  await shop.screenshot({ path: `${ALBUM}till.png` });

  const phone = await city.phone({ still: true });
  await city.signIn(phone, people.resident(1));
  const own = await city.claim(await city.bearer(people.resident(1)), open.id);
  await phone.goto(`/wallet/${own.voucher_id}`);
  await wallet.picture(phone).waitFor();
  await phone.screenshot({ path: `${ALBUM}wallet.png` });

  const bureau = await city.phone({ width: 1200, height: 900, still: true });
  await city.signIn(bureau, people.organizer);
  await bureau.goto("/bureau/stats");
  await stats.cell(bureau, "210302", "redeemed").waitFor();
  await bureau.screenshot({ path: `${ALBUM}stats.png` });
} finally {
  await city.close();
  await chromium.close();
}
