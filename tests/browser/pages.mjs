// The pages that are inspected and photographed, and who looks at them.
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
        voucher: `/wallet/${voucher.voucher_id}`,
      },
    },
    clerk: { account: people.clerk, paths: { till: "/shop/till" } },
    organizer: {
      account: people.organizer,
      wide: true,
      paths: {
        bureau: "/bureau",
        stats: "/bureau/stats",
        draws: "/bureau/draws",
        desk: "/bureau/desk",
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

async function first(city, path) {
  const { body } = await city.api("GET", path);
  return body.items[0];
}
