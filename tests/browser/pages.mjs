// The pages that are inspected and photographed, and who looks at them.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { people } from "./city.mjs";

/** Visits everything that a claimed voucher makes visible, for one resident. */
export async function prepare(city) {
  const [merchant, promotion, round] = await Promise.all([
    first(city, "/merchants?limit=1"),
    first(city, "/promotions?limit=1"),
    city.round(),
  ]);
  const draw = await city.round({ method: "draw" });
  const voucher = await city.claim(await city.bearer(people.resident(1)), round.id);
  const paper = await paperVoucher(city);
  const sold = await sell(city, round);
  await enrolTill(city);
  const posted = await post(city);
  const report = await freeze(city);
  return {
    visitor: {
      paths: {
        home: "/",
        offers: "/offers",
        "offers-night": "/offers?night=true",
        merchant: `/merchants/${merchant.id}`,
        promotion: `/promotions/${promotion.id}`,
        vouchers: "/vouchers",
        round: `/rounds/${round.id}`,
        "draw-round": `/rounds/${draw.id}`,
        draw: `/rounds/${draw.id}/draw`,
        open: "/open",
        login: "/login",
      },
    },
    resident: {
      account: people.resident(1),
      paths: {
        home: "/",
        vouchers: "/vouchers",
        round: `/rounds/${round.id}`,
        "draw-round": `/rounds/${draw.id}`,
        wallet: "/wallet",
        join: "/shop/join",
        voucher: `/wallet/${voucher.voucher_id}`,
      },
    },
    merchant: {
      account: people.owner,
      paths: {
        shop: "/shop",
        till: "/shop/till",
        refund: `/shop/redemptions/${sold.redemption_id}?refund=30`,
        statement: "/shop/statement",
        people: "/shop/clerks",
        risk: "/shop/risk",
        "own-settlement": "/shop/settlement",
        promotions: "/shop/promotions",
        "own-promotion": `/shop/promotions/${posted.draft.id}`,
        "edit-promotion": `/shop/promotions/${posted.draft.id}/edit`,
        "new-promotion": "/shop/promotions/new",
        "edited-promotion": "/shop/promotions/1",
      },
    },
    organizer: {
      account: people.organizer,
      wide: true,
      paths: {
        bureau: "/bureau",
        stats: "/bureau/stats",
        "stats-cut": "/bureau/stats?rows=district&columns=kind&show=subsidy&compare_from=2021-06-18&compare_to=2021-06-18&waits=yes",
        screen: "/bureau/screen",
        reports: "/bureau/reports",
        report: `/bureau/reports/${report.id}?recount=yes`,
        draws: "/bureau/draws",
        redemptions: "/bureau/redemptions",
        reviews: "/bureau/reviews",
        "reviewed-merchants": "/bureau/reviews?state=live",
        import: "/bureau/import",
        risk: "/bureau/risk",
        settlement: "/bureau/settlement",
        offline: "/bureau/offline",
        audit: "/bureau/audit",
        campaigns: "/bureau/campaigns",
        "new-campaign": "/bureau/campaigns/new",
        "bureau-campaign": "/bureau/campaigns/1",
        "merchant-review": `/bureau/reviews/merchants/${merchant.id}`,
        desk: "/bureau/desk",
        "promotion-reviews": "/bureau/reviews/promotions",
        slip: `/bureau/desk/${paper.voucher_id}`,
      },
    },
  };
}

/** A voucher on paper, for a resident who is known by an identity number (the example of GB 11643). */
async function paperVoucher(city) {
  const round = await city.round({ method: "assisted" });
  const headers = { ...(await city.bearer(people.desk)), "idempotency-key": "paper-to-look-at" };
  const resident = { name: "王桂芬", identity_no: "11010519491231002X" };
  const { status, body } = await city.api("POST", `/rounds/${round.id}/assisted`, resident, headers);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.voucher;
}

/** Two redemptions of the first merchant, one of them refunded in part; answers that one. */
async function sell(city, round) {
  const owner = await city.bearer(people.owner);
  const write = async (path, body) => {
    const key = { "idempotency-key": randomUUID() };
    const answer = await city.api("POST", path, body, { ...owner, ...key });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const sales = [];
  for (const [n, outlet_id] of [[2, 1], [3, 2]]) {
    const resident = await city.bearer(people.resident(n));
    const voucher = await city.claim(resident, round.id);
    const shown = await city.api("POST", `/vouchers/${voucher.voucher_id}/token`, {}, resident);
    const order = { code: shown.body.code, outlet_id, order_fen: 9000, merchant_discount_fen: 500 };
    sales.push(await write("/redemptions", order));
  }
  await write(`/redemptions/${sales[0].redemption_id}/reversals`, { refund_fen: 1000, reason: "一道菜没上" });
  return sales[0];
}

/** A report of the city. */
async function freeze(city) {
  const headers = { ...(await city.bearer(people.organizer)), "idempotency-key": "a-report-to-look-at" };
  const { status, body } = await city.api("POST", "/reports", { kind: "monthly" }, headers);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

/** A till of the first merchant, to look at. */
async function enrolTill(city) {
  const headers = { ...(await city.bearer(people.owner)), "idempotency-key": "a-till-to-look-at" };
  const { status, body } = await city.api("POST", "/tills", { name: "一号收银台", outlet_id: 1 }, headers);
  assert.equal(status, 201, JSON.stringify(body));
}
/** A draft with a photo and faults, one that waits, and an edit of a published one that waits. */
async function post(city) {
  const owner = await city.bearer(people.owner);
  const write = async (method, path, body) => {
    const key = { "idempotency-key": randomUUID() };
    const answer = await city.api(method, path, body, { ...owner, ...key });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const form = {
    title: "夜宵小锅，第二锅半价", text: "收工来一锅。", price_text: "第二锅 5 折", channel: "offline", supply: "both",
    setting: "urban", sector: "commerce", starts_on: "2021-06-18", ends_on: "2021-07-18", outlets: [1, 2],
    hours: "daily 18:00-02:00", link: "https://shop.example.com/pot",
  };
  const draft = await write("POST", "/shop/promotions", { ...form, text: "" });
  const waiting = await write("POST", "/shop/promotions", form);
  await write("PUT", "/shop/promotions/1", form);
  for (const id of [waiting.id, 1]) await write("POST", `/shop/promotions/${id}/steps`, { step: "submit" });
  const photo = await fetch(`${city.origin}/api/v1/shop/promotions/${draft.id}/photos`, {
    method: "POST",
    headers: { ...owner, "content-type": "image/png" },
    body: Buffer.from(PIXEL, "base64"),
  });
  assert.equal(photo.status, 200, await photo.text());
  return { draft, waiting };
}
/** A PNG of one pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

async function first(city, path) {
  const { body } = await city.api("GET", path);
  return body.items[0];
}
