// Organizers cut the tallies without JavaScript; the wall keeps itself current.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { people } from "../city.mjs";

const wide = { width: 1920, height: 1080 };

export const journeys = {
  "without JavaScript an organizer cuts the tallies in two ways and takes them away": async (city) => {
    const page = await city.phone({ js: false, width: 1440, height: 900 });
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/stats");
    await page.locator('select[name="rows"]').selectOption("hour");
    await page.locator('select[name="columns"]').selectOption("district");
    await page.locator('select[name="show"]').selectOption("claimed");
    await page.locator('select[name="rate"]').selectOption("claim_rate");
    await page.locator('form.range button[type="submit"]').click();
    await page.waitForURL(/rows=hour.*columns=district/);
    assert.equal(await page.locator(".tile-map .tile").count(), 7);
    const csv = await page.locator('.cut a[href*="cube.csv"]').getAttribute("href");
    assert.match(csv, /by=hour,district/);
    assert.equal(await page.locator("button[data-picture]").isVisible(), false, "the SVG is there without a script");
    await page.locator('.tally a[href="#def-leverage"]').click();
    await page.locator("#def-leverage:target").waitFor();
  },

  "a chart is saved as PNG, drawn at twice its size": async (city) => {
    await city.claim(await city.bearer(people.resident(42)), (await city.round()).id);
    const page = await city.phone({ width: 1440, height: 900 });
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/stats?rows=district&columns=kind&show=claimed");
    const button = page.locator("button[data-picture][data-ready]");
    const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
    assert.match(file.suggestedFilename(), /\.png$/);
    const bytes = await readFile(await file.path());
    const svg = await page.locator(".cut svg.cube-chart").evaluate((chart) => ({
      width: Number(chart.getAttribute("width")),
      height: Number(chart.getAttribute("height")),
    }));
    const shown = await page.evaluate(async (text) => {
      const image = new Image();
      image.src = `data:image/png;base64,${text}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const pen = canvas.getContext("2d");
      pen.drawImage(image, 0, 0);
      const colours = new Set();
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4) colours.add(data.slice(at, at + 4).join());
      return { width: canvas.width, height: canvas.height, colours: colours.size, corner: data.slice(0, 4).join() };
    }, bytes.toString("base64"));
    assert.deepEqual([shown.width, shown.height], [2 * svg.width, 2 * svg.height]);
    assert.equal(shown.corner, "255,255,255,255", "an opaque ground");
    assert.ok(shown.colours > 10, `bars and letters: ${shown.colours} colours`);
  },

  "without JavaScript an organizer freezes a report and counts it again": async (city) => {
    const page = await city.phone({ js: false, width: 1440, height: 900 });
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/reports");
    await page.locator('button[name="kind"][value="monthly"]').click();
    await page.waitForURL(/\/bureau\/reports\/\d+$/);
    await page.locator('a[href*="recount=yes"]').click();
    await page.waitForURL(/recount=yes/);
    assert.equal(await page.locator(".report-recount table").count(), 0, "nothing changed meanwhile");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".report-links").isVisible(), false);
  },

  "the wall holds one screen and draws what moved": async (city) => {
    const page = await city.phone(wide);
    await city.signIn(page, people.organizer);
    await page.goto("/bureau/screen");
    const fits = () => page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.querySelector("#wall");
      return scrollWidth <= innerWidth && scrollHeight <= innerHeight;
    });
    assert.ok(await fits(), "nothing is cut off at 1920 by 1080");
    const claimed = page.locator("#wall .wall-large dd").first();
    const before = Number((await claimed.innerText()).replaceAll(",", ""));
    const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    const open = await city.round();
    await city.claim(await city.bearer(people.resident(41)), open.id);
    await page.waitForFunction(
      (least) => Number(document.querySelector("#wall .wall-large dd").textContent.replaceAll(",", "")) >= least,
      before + 1,
    );
    const after = await page.evaluate(() => document.querySelectorAll("*").length);
    assert.ok(after <= nodes + 10, `the page grew from ${nodes} to ${after} elements`);
    await city.leapTo("2021-06-18T11:00:00+08:00");
    await city.claim(await city.bearer(people.resident(40)), open.id);
    await page.waitForFunction(
      (least) => Number(document.querySelector("#wall .wall-large dd").textContent.replaceAll(",", "")) >= least,
      before + 2,
    );
  },
};
