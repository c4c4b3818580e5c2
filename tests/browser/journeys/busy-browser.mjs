// Islands wake although the browser never says that it is idle.
import { visit } from "../checks.mjs";

export const journeys = {
  "in a browser that is never idle a page wakes in time": async (city) => {
    const page = await city.phone();
    await page.addInitScript(() => {
      globalThis.requestIdleCallback = (call, options) =>
        options?.timeout ? setTimeout(call, options.timeout) : 0;
    });
    await visit(page, "/");
  },
};
