// A promotion from the merchant's phone to a resident's: posted with photos,
// reviewed by the bureau, edited while the old text stays up.
import assert from "node:assert/strict";
import { people } from "../city.mjs";
import { post, review } from "../words.mjs";

/** A picture made by the browser itself, as PNG. */
async function picture(page, colour) {
  const data = await page.evaluate((colour) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1200, 900];
    const brush = canvas.getContext("2d");
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1200, 900);
    return canvas.toDataURL("image/png").split(",")[1];
  }, colour);
  return Buffer.from(data, "base64");
}

/** Fills in the form and saves it; answers the promotion's number. */
async function write(shop, title) {
  await post.title(shop).fill(title);
  await post.price(shop).fill("第二锅 5 折");
  await post.text(shop).fill("收工来一锅，每桌限一份。");
  await post.from(shop).first().fill("18:00");
  await post.to(shop).first().fill("02:00");
  await post.link(shop).fill("https://shop.example.com/pot");
  await post.save(shop).click();
  await shop.waitForURL(/\/shop\/promotions\/\d+$/);
  return shop.url().match(/\d+$/)[0];
}

/** The bureau's window on what waits. */
async function reviews(city) {
  const bureau = await city.phone({ width: 1440, height: 900 });
  await city.signIn(bureau, people.officer);
  await bureau.goto("/bureau");
  await bureau.locator('main a[href="/bureau/reviews"]').click();
  await bureau.locator('main a[href="/bureau/reviews/promotions"]').click();
  await review.waiting(bureau).first().waitFor();
  return bureau;
}

export const journeys = {
  "a promotion is posted with photos, reviewed and seen by a resident": async (city) => {
    const shop = await city.phone();
    await city.signIn(shop, people.owner);
    await shop.goto("/shop");
    await shop.locator('main a[href="/shop/promotions"]').click();
    await post.begin(shop).click();
    const id = await write(shop, "夜宵小锅节");
    const photos = [];
    for (const [n, colour] of ["#b3261b", "#17654a"].entries()) {
      photos.push({ name: `../${n}.png`, mimeType: "image/png", buffer: await picture(shop, colour) });
    }
    await post.photos(shop).setInputFiles(photos);
    await post.addPhotos(shop).click();
    await post.ownPhotos(shop).nth(1).waitFor();
    assert.match(await post.preview(shop).innerText(), /夜宵小锅节[\s\S]*18:00[\s\S]*shop\.example\.com/);
    await post.submit(shop).click();
    await post.withdraw(shop).waitFor();
    assert.equal(await post.state(shop).getAttribute("data-state"), "in_review");

    const bureau = await reviews(city);
    assert.equal(await review.waiting(bureau).first().getAttribute("data-promotion"), id);
    await review.reason(bureau).first().fill("请写明是哪几家门店");
    await review.giveBack(bureau).first().click();
    await review.waiting(bureau).first().waitFor({ state: "detached" });
    await shop.reload();
    assert.match(await post.reason(shop).innerText(), /请写明是哪几家门店/);
    await post.edit(shop).click();
    await post.text(shop).fill("两家门店都有，每桌限一份。");
    await post.save(shop).click();
    await post.submit(shop).click();
    await post.withdraw(shop).waitFor();

    await bureau.reload();
    await review.approve(bureau).first().click();
    await review.waiting(bureau).first().waitFor({ state: "detached" });

    const phone = await city.phone();
    await phone.goto("/offers?q=" + encodeURIComponent("夜宵小锅节"));
    await phone.locator(`main a[href="/promotions/${id}"]`).click();
    const shots = phone.getByTestId("photos").locator("img");
    assert.equal(await shots.count(), 2);
    const width = await shots.first().evaluate(async (shot) => {
      await shot.decode();
      return shot.naturalWidth;
    });
    assert.ok(width >= 320, `a photo ${width} pixels wide`);
    assert.match(await phone.locator("main").innerText(), /两家门店都有/);
  },

  "without JavaScript an edit is reviewed while the old text stays up": async (city) => {
    const shop = await city.phone({ js: false });
    await city.signIn(shop, people.owner);
    await shop.goto("/shop/promotions/1");
    await post.edit(shop).click();
    await post.title(shop).fill("锅包肉买一送一");
    await post.save(shop).click();
    await post.submit(shop).click();
    await post.withdraw(shop).waitFor();
    assert.equal(await post.revision(shop).getAttribute("data-state"), "in_review");
    const phone = await city.phone({ js: false });
    await phone.goto("/promotions/1");
    assert.doesNotMatch(await phone.locator("h1").innerText(), /买一送一/);

    const bureau = await reviews(city);
    const title = bureau.locator('[data-field="title"]');
    assert.match(await title.locator("ins").innerText(), /买一送一/);
    await review.approve(bureau).first().click();
    await review.waiting(bureau).first().waitFor({ state: "detached" });
    await phone.reload();
    assert.match(await phone.locator("h1").innerText(), /买一送一/);
  },

  "without JavaScript the bureau takes an offer down, and the merchant reads why": async (city) => {
    const bureau = await city.phone({ js: false, width: 1440, height: 900 });
    await city.signIn(bureau, people.organizer);
    await bureau.goto("/promotions/2");
    const form = bureau.getByTestId("suspension");
    await form.locator("summary").click();
    await form.locator('input[name="reason"]').fill("价格与门店公示不符");
    await form.getByTestId("suspend").click();
    await bureau.waitForURL(/\/offers/);
    const anyone = await city.phone({ js: false });
    assert.equal((await anyone.request.get(`${city.origin}/api/v1/promotions/2`)).status(), 404);
    const shop = await city.phone({ js: false });
    await city.signIn(shop, people.owner);
    await shop.goto("/shop/promotions/2");
    assert.match(await post.reason(shop).innerText(), /价格与门店公示不符/);
  },
};
