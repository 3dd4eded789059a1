// A member's inspections: charts are drawn, the overlay is looked at closely, two runs are compared, an offer shows what was measured.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.js';

const it = suite();

test('a run has its charts, and its overlay is zoomed by keys', async () => {
  const page = await it.page('inspector');
  await page.goto('/inspections/2');
  await page.locator('[data-part=yield] canvas').first().waitFor();
  assert.ok((await page.locator('figure.chart:visible').count()) >= 5, 'charts are drawn');
  const overlay = page.locator('[data-zoom]').first();
  await overlay.focus();
  const scale = () => overlay.locator('img').evaluate((img) => new DOMMatrix(getComputedStyle(img).transform).a);
  assert.equal(await scale(), 1);
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  assert.ok((await scale()) > 2);
  await page.keyboard.press('0');
  assert.equal(await scale(), 1);
  assert.deepEqual(page.complaints(), []);
  await page.context().close();
});

test('a run under way is asked again', async () => {
  const page = await it.page('inspector');
  const again = page.waitForRequest((request) => request.url().endsWith('/inspections/3/live'));
  await page.goto('/inspections/3');
  await again;
  assert.deepEqual(page.complaints(), []);
  await page.context().close();
});

test('two runs are ticked and compared', async () => {
  const page = await it.page('inspector');
  await page.goto('/inspections');
  await page.locator('input[type=checkbox][value="1"]').check();
  await page.locator('input[type=checkbox][value="2"]').check();
  await page.locator('form[action="/inspections/compare"] button').click();
  assert.match(await page.locator('main').innerText(), /有差异/);
  await page.context().close();
});

test('runs of boards and of placement have their own reports, and are not compared with panels', async () => {
  const page = await it.page('inspector');
  await page.goto('/inspections/4');
  const boards = await page.locator('main').innerText();
  assert.match(boards, /无缺陷板的比例/);
  assert.match(boards, /开路/);
  await page.goto('/inspections/5');
  assert.match(await page.locator('main').innerText(), /量具占公差/);
  const refused = await page.goto('/inspections/compare?a=2&b=4');
  assert.ok(refused.status() >= 400 && refused.status() < 500);
  await page.context().close();
});

test('a recipe says what is wrong with it, and in which line', async () => {
  const page = await it.page('inspector');
  await page.goto('/inspections/recipes/new');
  await page.locator('[name=text]').fill('pitch_um = 800\nrows = "many"\n');
  await page.locator('#check .error').waitFor();
  assert.match(await page.locator('#check').innerText(), /第 2 行/);
  await page.locator('[name=name]').fill('坏的方案');
  await page.locator('form.card button[type=submit]').click();
  assert.match(await page.locator('.failure').first().innerText(), /第 2 行/);
  await page.context().close();
});

test('an offer says what was measured, and the run behind it stays closed', async () => {
  const page = await it.page('inspector');
  await page.goto('/inspections/2');
  const offer = await page.locator('#evidence ~ * a[href^="/offers/"]').first().getAttribute('href');
  await page.context().close();
  const buyer = await it.page('buyer');
  await buyer.goto(offer);
  assert.match(await buyer.locator('main').innerText(), /实测/);
  assert.equal((await buyer.goto('/inspections/2'))?.status(), 404);
  await buyer.context().close();
});
