// A purchaser posts a need on a phone; two members agree to talk; the same without scripts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proposeIntroduction } from '../lib/steps.js';
import { suite } from '../lib/suite.js';

const it = suite();

const NEED = {
  title: 'Mini LED显示模组面罩',
  detail: '点间距P1.25，尺寸公差±0.05mm，聚碳酸酯，阻燃UL94V-0',
  quantity: '2万片/月',
  delivery: '30天内',
};

test('a need is posted on a phone in few steps, and its matches are seen while it is typed', async (t) => {
  const page = await it.page('buyer', { size: 'phone' });
  let steps = 0;
  const step = async (done) => ((steps += 1), await done);
  await page.goto('/');
  await step(page.locator('main a[href="/needs/new"]').first().tap());
  for (const [name, words] of Object.entries(NEED)) await step(page.locator(`[name=${name}]`).fill(words));
  await page.locator('#preview .match').first().waitFor();
  assert.match(await page.locator('#preview').innerText(), /1\.25/, 'the pitch is read while it is typed');
  await step(page.locator('form.record button[type=submit]').first().tap());
  await page.waitForURL(/\/needs\/\d+$/);
  assert.equal(await page.locator('h1').innerText(), NEED.title);
  assert.ok((await page.locator('ol.matches .match').count()) > 0, 'matches stand on the need');
  t.diagnostic(`${steps} steps from the overview to the posted need`);
  assert.ok(steps <= 8, `${steps} steps`);
  assert.deepEqual(page.complaints(), []);
  await page.context().close();
});

test('a need is posted, changed and closed without scripts', async () => {
  const page = await it.page('buyer', { js: false });
  await page.goto('/needs/new');
  const title = '无脚本测试面罩';
  await page.locator('[name=title]').fill(title);
  await page.locator('[name=detail]').fill(NEED.detail);
  await page.locator('button[formaction="/needs/preview"]').click();
  assert.match(await page.locator('#preview').innerText(), /1\.25/);
  assert.equal(await page.locator('[name=title]').inputValue(), title, 'what was typed is still there');
  await page.locator('form.record button[type=submit]').first().click();
  await page.waitForURL(/\/needs\/\d+$/);
  await page.locator('a[href$="/edit"]').click();
  await page.locator('[name=quantity]').fill('3万片/月');
  await page.locator('form.record button[type=submit]').first().click();
  await page.waitForURL(/\/needs\/\d+$/);
  assert.match(await page.locator('dl.facts').first().innerText(), /3\s*万片\/月/);
  await page.locator('form[action$="/open"] button').click();
  assert.match(await page.locator('main').innerText(), /已关闭/);
  await page.context().close();
});

test('an unreadable quantity comes back beside its field', async () => {
  const page = await it.page('buyer', { size: 'phone' });
  await page.goto('/needs/new');
  await page.locator('[name=title]').fill(NEED.title);
  await page.locator('[name=quantity]').fill('很多');
  await page.locator('form.record button[type=submit]').first().tap();
  const field = page.locator('[name=quantity][aria-invalid=true]');
  await field.waitFor();
  const about = await field.getAttribute('aria-describedby');
  assert.match(await page.locator(`#${about.split(' ')[0]}`).innerText(), /很多|数/);
  assert.equal(await page.locator('[name=title]').inputValue(), NEED.title);
  await page.context().close();
});

test('contacts are seen by both members after both have agreed, and not before', async () => {
  const buyer = await it.page('buyer', { size: 'phone' });
  const seller = await it.page('seller');
  const phone = /000-\d+/;
  await proposeIntroduction(buyer);
  const asked = buyer.locator('article.introduction', { hasText: '泰和沅棣' }).first();
  assert.doesNotMatch(await asked.innerText(), phone, 'the asker sees no number yet');

  await seller.goto('/introductions');
  const waiting = seller.locator('article.introduction', { hasText: '万安县岫铎' }).first();
  assert.match(await waiting.innerText(), /想先要样品/);
  assert.doesNotMatch(await waiting.innerText(), phone, 'the asked sees no number yet');
  await waiting.getByRole('button', { name: '同意对接' }).click();
  for (const page of [seller, buyer]) {
    await page.goto('/introductions');
    const contacts = page.locator('article.introduction', { hasText: '岫铎' }).first().locator('.contacts');
    assert.match(await contacts.innerText(), phone);
    assert.deepEqual(page.complaints(), []);
  }
  await buyer.context().close();
  await seller.context().close();
});
