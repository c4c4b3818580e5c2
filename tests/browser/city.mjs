// What a journey is given: a running season, phones to visit it with, its REST
// doors, and conditions to wait for.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { killTab, openPhone, openTab } from "./phone.mjs";
import { startServer } from "./server.mjs";
import { login, round, till } from "./words.mjs";

const CONDITION_LIMIT_MS = 15_000;
const CONDITION_STEP_MS = 50;
const VOUCHER_PAGE = /\/wallet\/\d+/;

/** The demo season's people. */
export const people = {
  resident: (n = 1) => `139${String(n).padStart(8, "0")}`,
  owner: "13800000001",
  clerk: "13800000002",
  organizer: "13700000001",
  officer: "13700000002",
  finance: "13700000003",
  auditor: "13700000004",
  desk: "13700000005",
};

export async function openCity(chromium, wish) {
  const server = await startServer(wish);
  return new City(chromium, server);
}

class City {
  #chromium;
  #server;
  #pages = [];

  constructor(chromium, server) {
    this.#chromium = chromium;
    this.#server = server;
    this.origin = server.origin;
  }

  /** A new, isolated window; see `openPhone` for what can be wished for. */
  async phone(wish) {
    const page = await openPhone(this.#chromium, wish?.origin ?? this.origin, wish);
    this.#pages.push(page);
    return page;
  }

  /** Kills a window's renderer, and opens another window of the same browser. */
  async afterCrash(page) {
    const context = page.context();
    await killTab(page);
    const tab = await openTab(context, page.scripted);
    this.#pages.push(tab);
    return tab;
  }

  /** Signs in through the page, as a person does with a demo code. */
  async signIn(page, phone) {
    await page.goto("/login");
    await login.phone(page).fill(phone);
    await login.askForCode(page).click();
    const code = (await login.demoCode(page).innerText()).match(/\d{4,8}/)[0];
    await login.code(page).fill(code);
    await login.enter(page).click();
    await page.waitForURL((url) => url.pathname !== "/login");
  }

  /** Calls the REST interface: `path` comes after `/api/v1`. */
  async api(method, path, body, headers = {}) {
    const answer = await fetch(`${this.origin}/api/v1${path}`, {
      method,
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    const isJson = /\bjson\b/.test(answer.headers.get("content-type") ?? "");
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** The headers of a person who signed in through the REST interface. */
  async bearer(phone) {
    const asked = await this.api("POST", "/auth/code", { phone });
    assert.equal(asked.status, 202, "a demo code");
    const entered = await this.api("POST", "/auth/login", { phone, code: asked.body.demo_code });
    assert.equal(entered.status, 200, "a session");
    return { authorization: `Bearer ${entered.body.token}` };
  }

  /** The first round in this state, as the REST interface lists it. */
  async round({ state = "open", method = "flash" } = {}) {
    const { body } = await this.api("GET", `/rounds?state=${state}`);
    const found = body.items.find((round) => round.method === method);
    assert.ok(found, `a ${method} round that is ${state}`);
    return found;
  }

  /** Claims in a round through the REST interface. */
  async claim(headers, roundId) {
    const key = { "idempotency-key": randomUUID() };
    const claimed = await this.api("POST", `/rounds/${roundId}/claims`, {}, { ...headers, ...key });
    assert.equal(claimed.status, 201, JSON.stringify(claimed.body));
    return claimed.body;
  }

  /** Follows a claim made on the page to the voucher it brought. */
  async openVoucher(page) {
    const brought = round.voucher(page);
    await Promise.race([page.waitForURL(VOUCHER_PAGE), brought.waitFor()]);
    if (!VOUCHER_PAGE.test(page.url())) await brought.click();
    await page.waitForURL(VOUCHER_PAGE);
  }

  /** Enters a code and an order at the till; answers the receipt code. */
  async redeemAtTill(page, code, orderYuan) {
    await page.goto("/shop/till");
    await till.code(page).fill(code);
    await till.order(page).fill(String(orderYuan));
    await till.preview(page).click();
    await till.confirm(page).click();
    return (await till.receiptCode(page).innerText()).trim();
  }

  /** Waits until `look` answers something true, and answers it. */
  async until(what, look) {
    const end = performance.now() + CONDITION_LIMIT_MS;
    for (;;) {
      const seen = await look();
      if (seen) return seen;
      assert.ok(performance.now() < end, `waited in vain until ${what}`);
      await new Promise((next) => setTimeout(next, CONDITION_STEP_MS));
    }
  }

  /** Goes on at another moment: the server is started again on the same data. */
  async leapTo(moment) {
    await this.#server.restart(moment);
  }

  /** Everything the windows complained about so far. */
  complaints() {
    return this.#pages.flatMap((page) => page.complaints);
  }

  /** The windows still open, for a picture of a failure. */
  openPages() {
    return this.#pages.filter((page) => !page.isClosed());
  }

  /** The server's last lines. */
  said() {
    return this.#server.said;
  }

  async close() {
    const contexts = new Set(this.#pages.map((page) => page.context()));
    await Promise.all([...contexts].map((context) => context.close()));
    await this.#server.stop();
  }
}
