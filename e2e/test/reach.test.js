// Ways of working: by keyboard alone, without scripts, in the other language, on paper.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ACCOUNTS } from '../lib/accounts.js';
import { OUT } from '../lib/program.js';
import { suite } from '../lib/suite.js';

const it = suite();

/** Presses Tab until the focused element fits; the number of presses. */
async function tabTo(page, selector, max = 80) {
  for (let presses = 1; presses <= max; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) return presses;
  }
  throw new Error(`${selector} is not reached with ${max} tabs on ${page.url()}`);
}

test('signing in, finding a need and opening it takes no mouse', async () => {
  const page = await it.page(null);
  await page.goto('/sign-in');
  await page.locator('[name=name]:visible').focus();
  await page.keyboard.type(ACCOUNTS.buyer.name);
  await tabTo(page, '[name=password]');
  await page.keyboard.type(ACCOUNTS.buyer.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === '/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#main', 'the first tab skips the menu');
  await tabTo(page, 'header a[href="/needs"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/needs$/);
  await tabTo(page, 'input[name=q]');
  await page.keyboard.type('面罩');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=/);
  await tabTo(page, 'main a[href^="/needs/"]:not([href="/needs/new"]):not([href*=export])');
  const ring = await page.evaluate(() => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  });
  assert.ok(ring, 'the focus is seen');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/needs\/\d+$/);
  await page.context().close();
});

test('a need is posted by keyboard alone', async () => {
  const page = await it.page('buyer');
  await page.goto('/needs/new');
  await tabTo(page, '[name=title]');
  await page.keyboard.type('键盘测试连接器');
  await tabTo(page, '[name=detail]');
  await page.keyboard.type('间距0.5mm，40Pin');
  await tabTo(page, 'form.record button[type=submit]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/needs\/\d+$/);
  await page.context().close();
});

test('without scripts every page of the menu opens, and searching works', async () => {
  const page = await it.page('secretariat', { js: false });
  await page.goto('/');
  const paths = await page.locator('header nav a').evaluateAll((links) => [...new Set(links.map((a) => a.getAttribute('href')))]);
  assert.ok(paths.length >= 8, `${paths}`);
  for (const path of paths) assert.equal((await page.goto(path)).status(), 200, path);
  await page.goto('/needs');
  await page.locator('main input[name=q]').fill('面罩');
  await page.locator('main input[name=q]').press('Enter');
  assert.match(page.url(), /q=/);
  assert.ok((await page.locator('main table a[href^="/needs/"]').count()) > 0);
  await page.context().close();
});

test('the language is switched where one stands, and kept', async () => {
  const page = await it.page('buyer');
  await page.goto('/needs?q=%E9%9D%A2%E7%BD%A9');
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await page.locator('header').getByText('English').first().click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.match(page.url(), /\/needs\?.*q=/, 'the search is kept');
  assert.equal(await page.locator('h1').innerText(), 'Needs');
  await page.goto('/offers');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.context().close();
});

test('a published list prints on A4', async (t) => {
  const page = await it.page('bureau');
  await page.goto('/lists/1');
  const pdf = await page.pdf({ format: 'A4', printBackground: true });
  writeFileSync(join(OUT, 'list-1.pdf'), pdf);
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  t.diagnostic(`${pages} pages`);
  assert.ok(pages > 1);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('header.bar').isVisible(), false, 'the menu is not printed');
  const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(width <= 0, 'nothing is cut off at the right');
  await page.context().close();
});
