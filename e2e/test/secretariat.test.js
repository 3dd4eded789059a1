// The secretariat's month: a workbook with wrong rows, the desk by keyboard, approval by another, publication, the file.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { importWorkbook, openDesk } from '../lib/steps.js';
import { suite } from '../lib/suite.js';

const it = suite();

test('a workbook is previewed with its wrong cells, and the right rows are stored', async () => {
  const page = await it.page('secretariat');
  await importWorkbook(page, 'bad/虚构示例_错误样例.xlsx');
  const refused = page.locator('main table', { hasText: 'B6' }).first();
  assert.match(await refused.innerText(), /91360899XUGU036457/, 'what was read stands beside its cell');
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('a[href$="/refused.xlsx"]').first().click()]);
  assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), 'PK');
  await page.locator('button[name=rows][value=right]').click();
  await page.waitForURL(/\/import\/\d+$/);
  await page.locator('main', { hasText: '已' }).first().waitFor();
  await page.goto('/import');
  assert.match(await page.locator('main table').first().innerText(), /错误样例/);
  assert.deepEqual(page.complaints(), []);
  await page.context().close();
});

test('the desk works by keyboard, and what was said can be undone', async () => {
  const page = await it.page('secretariat');
  await openDesk(page);
  const marks = () => page.locator('th[data-candidate] .tag').allInnerTexts();
  const before = page.url();
  const first = await marks();
  await page.keyboard.press('c');
  await page.waitForURL((url) => url.href !== before);
  await page.locator('#desk [data-key=u]').waitFor();
  await page.keyboard.press('u');
  const need = (url) => new URL(url).searchParams.get('need') ?? '1';
  await page.waitForURL((url) => need(url) === need(before));
  await page.goto(before);
  assert.deepEqual(await marks(), first, 'undone');

  await page.keyboard.press('x');
  await page.keyboard.press('Tab');
  await page.keyboard.type('键盘剔除');
  await page.keyboard.press('Enter');
  await page.locator('th[data-candidate]', { hasText: '键盘剔除' }).waitFor();
  await page.keyboard.press('u');
  await page.locator('th[data-candidate]', { hasText: '键盘剔除' }).waitFor({ state: 'detached' });
  const here = page.url();
  // The address changes before the need does: what is on the page now is marked, to see when it is gone.
  await page.locator('#desk > .toolbar').evaluate((shown) => shown.setAttribute('data-before', ''));
  await page.keyboard.press('j');
  await page.waitForURL((url) => url.href !== here);
  await page.locator('#desk > .toolbar:not([data-before])').waitFor();
  await page.keyboard.press('?');
  await page.locator('#desk-help[open]').waitFor();
  assert.deepEqual(page.complaints(), []);
  await page.context().close();
});

test('two people at one pair: the second sees who said what', async () => {
  const [one, two] = [await it.page('secretariat'), await it.page('administrator')];
  await openDesk(one);
  await two.goto(one.url());
  await one.keyboard.press('c');
  await one.waitForURL((url) => url.href !== two.url());
  await two.keyboard.press('x');
  await two.keyboard.press('Tab');
  await two.keyboard.type('另有打算');
  await two.keyboard.press('Enter');
  await two.locator('fieldset', { hasText: '另有打算' }).waitFor();
  const both = await two.locator('main').innerText();
  assert.match(both, /示例秘书处/);
  assert.match(both, /确认/);
  await two.locator('button[type=submit]', { hasText: /保存/ }).first().click();
  await two.locator('.desk-need').waitFor();
  await one.context().close();
  await two.context().close();
});

test('approved by another, published with a number, and downloaded', async () => {
  const secretary = await it.page('secretariat');
  await openDesk(secretary);
  await secretary.context().close();
  const page = await it.page('administrator');
  await page.goto('/desk');
  await page.locator('form[action$="/approve"] button').first().click();
  await page.locator('dialog button', { hasText: '确定' }).click({ timeout: 2000 }).catch(() => {});
  // Approval leads on to what would be published.
  await page.waitForURL(/\/publish$/, { timeout: 60_000 });
  await page.locator('form[action$="/publish"] button[type=submit]').click();
  await page.waitForURL(/\/lists\/\d+$/, { timeout: 90_000 });
  assert.match(page.url(), /\/lists\/2$/);
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('a[href$="list.xlsx"]').first().click()]);
  assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), 'PK');
  await page.goto('/lists/2/verify');
  assert.match(await page.locator('main').innerText(), /一致/);
  await page.context().close();
});

test('the bureau asks what would change if a firm came', async () => {
  const page = await it.page('bureau');
  await page.goto('/gaps/nodes');
  await page.locator('a[href$="/gaps/newcomers"]').click();
  const rows = ['企业名称,产品名称,规格参数,月产能,所在地', '示例新来企业,注塑件,材质PC/ABS，公差±0.02mm,9000000件,吉安县'];
  await page.locator('#f-file').setInputFiles({ name: '示例新来企业.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
  await page.locator('form[action$="/gaps/newcomers"] button[type=submit]').click();
  await page.waitForURL(/\/gaps\/newcomers\/\d+$/, { timeout: 60_000 });
  const rate = page.locator('main table').first().locator('tr', { hasText: '本地配套率' });
  const [before, after] = (await rate.locator('td.n').allInnerTexts()).map(parseFloat);
  assert.ok(after > before, `${before} -> ${after}`);
  assert.match(await page.locator('main table').nth(1).innerText(), /注塑件/);
  await page.goto('/gaps/newcomers');
  assert.match(await page.locator('main').innerText(), /示例新来企业\.csv/, 'it can be found again');
  assert.deepEqual(page.complaints(), []);
  await page.context().close();
});
