// The till without a network. It keeps the permit and every redemption in
// IndexedDB before it says a word, so neither a reload nor a crash loses one,
// and sends them in order, each always under the key that it was made with.
//
// It runs on two pages: `/shop/till`, where it only prepares and sends, and
// `/shop/till/offline`, where it redeems.
const CACHE = "yuehui-till";
const PAGE = "/shop/till/offline";
const RESEND_MS = 4_000;
/** So long it waits for an answer: a network that swallows them must not hold up the next attempt. */
const ANSWER_MS = 15_000;
/** So long after the test a redemption may be confirmed. */
const CONFIRM_MS = 90_000;
/** What is settled is shown and counted against the limits so long. */
const KEPT_MS = 3 * 24 * 3_600_000;
const LOOK_MS = 150;
const SIDE = 640;

const root = document.querySelector("[data-offline-till]");
const zh = root?.dataset.lang !== "en";
const say = (chinese, english) => (zh ? chinese : english);

// --- What is kept ---------------------------------------------------------

let opened;
function database() {
  opened ??= new Promise((done, failed) => {
    const request = indexedDB.open("yuehui-till", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("settings");
      request.result.createObjectStore("sales", { keyPath: "seq", autoIncrement: true });
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opened;
}

/** Does `work` on a store; resolves once it is on the disk. */
async function stored(store, mode, work) {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const request = work(transaction.objectStore(store));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(request?.result);
    transaction.onerror = () => failed(transaction.error);
    transaction.onabort = () => failed(transaction.error);
  });
}

const keptPermit = () => stored("settings", "readonly", (store) => store.get("permit"));
const keepPermit = (permit) => stored("settings", "readwrite", (store) => store.put(permit, "permit"));
const sales = () => stored("sales", "readonly", (store) => store.getAll());
const keepSale = (sale) => stored("sales", "readwrite", (store) => store.put(sale));
const dropSale = (seq) => stored("sales", "readwrite", (store) => store.delete(seq));

// --- While there is a network --------------------------------------------

/** Fetches the permit and keeps what the page needs; answers whether the till may go on alone. */
async function prepare() {
  const asked = Date.now();
  const answer = await fetch("/api/v1/offline/permit", { signal: AbortSignal.timeout(ANSWER_MS) });
  if (!answer.ok) return false;
  const permit = await answer.json();
  // The server's time at any later moment is this device's plus the difference.
  await keepPermit({ permit, ahead_ms: permit.issued_at_ms - asked });
  await navigator.storage?.persist?.();
  if ("serviceWorker" in navigator) {
    await navigator.serviceWorker.register("/till-worker.js", { scope: "/shop/till" });
    await keepPage();
  }
  return true;
}

/** Keeps the page and everything that it loads, and nothing of an earlier build. */
async function keepPage() {
  const page = await fetch(PAGE);
  if (!page.ok || page.redirected) return;
  const text = await page.clone().text();
  const linked = new DOMParser().parseFromString(text, "text/html");
  const { judge, scanner } = root.dataset;
  const addresses = new Set([judge, wasmOf(judge), scanner, wasmOf(scanner)]);
  for (const element of linked.querySelectorAll("script[src], link[href]")) {
    const address = element.getAttribute("src") ?? element.getAttribute("href");
    if (address?.startsWith("/pkg/")) addresses.add(address);
  }
  const cache = await caches.open(CACHE);
  await cache.put(PAGE, page);
  for (const address of addresses) {
    if (!(await cache.match(address, { ignoreVary: true }))) await cache.add(address);
  }
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== PAGE && !addresses.has(pathname)) await cache.delete(request);
  }
}

const wasmOf = (script) => script.replace(/\.js$/, "_bg.wasm");

/** Sends what waits, in order, until the network or the server says stop. */
async function send() {
  if (!navigator.onLine) return;
  const work = async () => {
    for (const sale of await sales()) {
      if (sale.state === "pending" && !(await sendOne(sale))) return;
      if (sale.state !== "pending" && Date.now() - sale.kept_at_ms > KEPT_MS) await dropSale(sale.seq);
    }
  };
  // Two tabs send in turns; were they not to, the key would still make one of two.
  await (navigator.locks ? navigator.locks.request("yuehui-till-send", work) : work());
  await show();
}

/** Answers whether the next may be sent. */
async function sendOne(sale) {
  const headers = { "content-type": "application/json", "idempotency-key": sale.key, "accept-language": say("zh", "en") };
  let answer;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    answer = await fetch("/api/v1/redemptions/offline", { method: "POST", headers, body: JSON.stringify(sale.body), signal });
  } catch {
    return false;
  }
  const body = await answer.json().catch(() => null);
  if (answer.status === 201 && body) {
    const receipt = body.redemption?.receipt_code;
    Object.assign(sale, { state: body.state, receipt, words: body.detail, words_en: body.detail_en, trouble: null });
  } else if ([400, 404, 422].includes(answer.status)) {
    // It will never be taken as it is: it stays here to be seen.
    Object.assign(sale, { state: "rejected", words: body?.detail, words_en: body?.detail, trouble: null });
  } else {
    await keepSale({ ...sale, trouble: answer.status === 401 ? say("请重新登录后再送", "Sign in again to send it") : body?.detail });
    return false;
  }
  await keepSale(sale);
  return true;
}

// --- Redeeming -------------------------------------------------------------

let judging;
async function judge(asked) {
  judging ??= import(root.dataset.judge).then(async (module) => {
    await module.default();
    return module;
  });
  return JSON.parse((await judging).judge(JSON.stringify(asked)));
}

/** The fen of an amount in yuan; null when it is none. */
function fenOf(text) {
  const parts = text.trim().match(/^(\d{1,6})(?:\.(\d{1,2}))?$/);
  return parts ? Number(parts[1]) * 100 + Number((parts[2] ?? "").padEnd(2, "0")) : null;
}

const yuan = (fen) => `¥${(fen / 100).toFixed(2)}`;
const part = (name) => root.querySelector(`[data-part="${name}"]`);

async function test(token, orderText, discountText) {
  const kept = await keptPermit();
  if (!kept) return refuse("no_permit", say("这台设备没有离线许可，请先联网打开收银台", "This till has no offline permit: open the till with a network first"));
  const order_fen = fenOf(orderText);
  const discount_fen = discountText.trim() === "" ? 0 : fenOf(discountText);
  if (!order_fen || discount_fen === null) return refuse("bad_amount", say("请填写订单金额，例如 86.50", "Enter the order, such as 86.50"));
  const at_ms = Date.now() + kept.ahead_ms;
  const used = (await sales()).filter((sale) => ["pending", "booked"].includes(sale.state));
  const told = await judge({
    permit: kept.permit, token: token.trim(), order_fen, discount_fen, at_ms,
    used: used.map(({ voucher, subsidy_fen, body }) => ({ voucher, subsidy_fen, at_ms: body.made_at_ms })),
  });
  if (!told || told.answer !== "works") {
    return refuse(told?.code ?? "unreadable", say(told?.words ?? "无法识别，请重扫", told?.words_en ?? "It could not be read: scan again"));
  }
  const body = { token: token.trim().toUpperCase(), permit: kept.permit.permit, order_fen, merchant_discount_fen: discount_fen, made_at_ms: at_ms };
  return offer({ ...told, body });
}

function refuse(code, words) {
  navigator.vibrate?.([350, 100, 350]);
  part("outcome").replaceChildren(line("p", words, { class: "offline-refused", "data-testid": "offline-refused", "data-code": code, role: "alert" }));
}

/** Shows what the voucher takes off, and the button that redeems it. */
function offer({ voucher, title, title_en, subsidy_fen, payable_fen, body }) {
  navigator.vibrate?.(40);
  const card = line("div", "", { class: "offline-offer" });
  const confirm = line("button", say("确认离线核销", "Redeem without a network"), { type: "button", class: "button offline-confirm", "data-testid": "offline-confirm" });
  card.append(
    line("p", zh ? title : title_en || title, { class: "offline-title" }),
    line("p", `${say("立减", "Off")} ${yuan(subsidy_fen)}`),
    line("p", `${say("顾客付", "The customer pays")} ${yuan(payable_fen)}`, { class: "offline-pay", "data-testid": "offline-pay" }),
    confirm,
  );
  part("outcome").replaceChildren(card);
  const until = Date.now() + CONFIRM_MS;
  confirm.addEventListener("click", async () => {
    confirm.disabled = true;
    if (Date.now() > until) return refuse("token_stale", say("离线码已过时，请重扫", "The code is too old: scan again"));
    // Another tab may have taken it meanwhile.
    if ((await sales()).some((sale) => sale.voucher === voucher && sale.state !== "rejected" && sale.state !== "refused")) {
      return refuse("already_here", say("这张券刚在本机用过，请换一张", "This voucher was used at this till: take another"));
    }
    await keepSale({ key: crypto.randomUUID(), state: "pending", voucher, title, title_en, subsidy_fen, payable_fen, body, kept_at_ms: Date.now() });
    navigator.vibrate?.([60, 60, 60]);
    part("outcome").replaceChildren(line("p", say("已记下，待确认", "Noted; it waits to be confirmed"), { class: "offline-noted", "data-testid": "offline-noted", role: "status" }));
    part("form").reset();
    await show();
    await send();
  });
  confirm.focus();
}

// --- What is shown -----------------------------------------------------------

function line(name, text, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const STATES = {
  pending: ["待确认", "Waits"],
  booked: ["已入账", "Booked"],
  conflict: ["重复使用，待核查", "Used twice; under review"],
  refused: ["未入账", "Not booked"],
  rejected: ["未被接受", "Not taken"],
};

async function show() {
  const all = await sales();
  const waiting = all.filter((sale) => sale.state === "pending").length;
  const kept = await keptPermit();
  const state = part("state");
  const online = navigator.onLine;
  state.dataset.online = online ? "yes" : "no";
  state.dataset.waiting = String(waiting);
  state.dataset.ready = kept ? "yes" : "no";
  const words = [online ? say("网络正常", "Connected") : say("网络已断开", "No network")];
  if (kept) {
    const { limits, valid_until_ms } = kept.permit;
    const until = new Date(valid_until_ms - kept.ahead_ms).toLocaleTimeString(zh ? "zh-CN" : "en", { hour: "2-digit", minute: "2-digit" });
    if (kept.permit.clerk_name) words.push(say(`店员 ${kept.permit.clerk_name}`, kept.permit.clerk_name));
    words.push(say(`离线许可至 ${until}，每日 ${limits.redemptions} 笔、${yuan(limits.subsidy_fen)}`, `offline until ${until}, ${limits.redemptions} a day, ${yuan(limits.subsidy_fen)}`));
  }
  if (waiting > 0) words.push(say(`${waiting} 笔待确认`, `${waiting} to be confirmed`));
  state.textContent = words.join(" · ");
  const list = part("list");
  list.replaceChildren(...all.reverse().map(saleLine));
  list.hidden = all.length === 0;
}

function saleLine(sale) {
  const item = line("li", "", { class: "offline-sale", "data-state": sale.state, "data-key": sale.key, "data-testid": "offline-sale" });
  const reason = sale.state === "pending" ? sale.trouble : zh ? sale.words : sale.words_en;
  item.append(
    line("b", say(...STATES[sale.state]), { class: "offline-mark" }),
    line("span", `${yuan(sale.body.order_fen)} −${yuan(sale.subsidy_fen)} · ${sale.voucher}${sale.receipt ? ` · ${sale.receipt}` : ""}`),
  );
  if (reason) item.append(line("small", reason));
  return item;
}

// --- The camera --------------------------------------------------------------

async function scan(button, video, found) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } });
  } catch {
    return refuse("no_camera", say("没有可用的摄像头，请用扫码枪", "No camera here: use a barcode reader"));
  }
  video.hidden = false;
  button.disabled = true;
  video.srcObject = stream;
  await video.play();
  const read = await reader();
  for (let text; !text && video.srcObject; ) {
    text = await read(video).catch(() => null);
    if (text) found(text);
    else await new Promise((next) => setTimeout(next, LOOK_MS));
  }
  stream.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  video.hidden = true;
  button.disabled = false;
}

/** The browser's own detector, or the till's scanner. */
async function reader() {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => []);
  if (formats?.includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const scanner = await import(root.dataset.scanner);
  await scanner.default();
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async ({ videoWidth: width, videoHeight: height }) => {
    const side = Math.min(width, height);
    context.drawImage(part("video"), (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const luma = new Uint8Array(SIDE * SIDE);
    for (let n = 0; n < luma.length; n += 1) luma[n] = (data[4 * n] + 2 * data[4 * n + 1] + data[4 * n + 2]) >> 2;
    return scanner.decode(luma, SIDE, SIDE);
  };
}

// --- From here on ---------------------------------------------------------------

async function start() {
  const form = part("form");
  if (form) {
    const { code, order, discount } = form.elements;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      test(code.value, order.value, discount.value);
    });
    part("scan").addEventListener("click", ({ currentTarget }) => {
      scan(currentTarget, part("video"), (text) => {
        code.value = text;
        (order.value ? form.querySelector("[type=submit]") : order).focus();
      });
    });
  }
  const connected = async () => {
    await show();
    if (!navigator.onLine) return;
    await prepare().catch(() => false);
    await send();
  };
  window.addEventListener("online", connected);
  window.addEventListener("offline", show);
  setInterval(async () => {
    if ((await sales()).some((sale) => sale.state === "pending")) await send();
  }, RESEND_MS);
  await connected();
  root.dataset.started = "yes";
}

if (root) await start();
