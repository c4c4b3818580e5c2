// One person's browser: a context and a page that write down every complaint.

const ACTION_LIMIT_MS = 20_000;
const LOCALES = { zh: "zh-CN", en: "en-US" };
/**
 * Chromium's remark on a wasm file that waits for its script: a slow machine
 * takes longer than the few seconds it allows, and without JavaScript the
 * script never comes. That islands come alive is asserted by `hydrated`.
 */
const PRELOADED_EARLY = /_bg\.wasm was preloaded using link preload but not used/;

/** Starts Debian's Chromium; one is enough for all phones. */
export async function startChromium() {
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
}

/**
 * Opens a browser window that shares nothing with the others.
 *
 * The page has two more members: `complaints`, what went wrong in it, and
 * `expectComplaint(pattern)`, which lets a journey provoke one.
 */
export async function openPhone(chromium, origin, wish = {}) {
  const { width = 390, height = 844, dark = false, js = true, lang = "zh", locale = LOCALES[lang] } = wish;
  const context = await chromium.newContext({
    baseURL: origin,
    viewport: { width, height },
    deviceScaleFactor: 1,
    colorScheme: dark ? "dark" : "light",
    javaScriptEnabled: js,
    locale,
    timezoneId: "Asia/Shanghai",
    reducedMotion: wish.still ? "reduce" : "no-preference",
  });
  context.setDefaultTimeout(ACTION_LIMIT_MS);
  return openTab(context, js);
}

/** Another tab of the browser that a context is. */
export async function openTab(context, js = true) {
  const page = await context.newPage();
  page.scripted = js;
  writeDownComplaints(page);
  return page;
}

/** Kills the process that renders the page, as a lack of memory does, and takes the dead tab away. */
export async function killTab(page) {
  const dead = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  // Nobody is left to answer it.
  session.send("Page.crash").catch(() => {});
  await dead;
  await page.close();
}

/** A violated content security policy is a console error too. */
function writeDownComplaints(page) {
  const expected = [PRELOADED_EARLY];
  page.complaints = [];
  page.expectComplaint = (pattern) => expected.push(pattern);
  const complain = (text) => {
    if (!expected.some((pattern) => pattern.test(text))) page.complaints.push(text);
  };
  page.on("pageerror", (error) => complain(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      complain(`console ${message.type()} at ${message.location().url}: ${message.text()}`);
    }
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // A page that is left drops what it was still loading, and a browser
    // without JavaScript does not load scripts.
    const refused = !page.scripted && /\.(js|wasm)$/.test(request.url());
    if (!refused && !reason.includes("ERR_ABORTED")) complain(`request failed: ${request.url()} ${reason}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) complain(`answered ${response.status()}: ${response.url()}`);
  });
}
