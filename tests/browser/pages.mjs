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
      paths: { bureau: "/bureau", stats: "/bureau/stats", draws: "/bureau/draws" },
    },
  };
}

async function first(city, path) {
  const { body } = await city.api("GET", path);
  return body.items[0];
}
