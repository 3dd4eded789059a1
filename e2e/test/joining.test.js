// A new member: invitation link, account, claim of an enterprise, approval.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim, enrol, invite, uscc } from '../lib/steps.js';
import { suite } from '../lib/suite.js';

const it = suite();

test('invited, joined, claimed, approved, and the first need is posted', async () => {
  const secretary = await it.page('secretariat');
  const path = await invite(secretary, '新会员 王测试');

  const member = await it.page(null, { size: 'phone' });
  await enrol(member, path, 'wangceshi', 'short');
  assert.match(member.url(), /\/join\//, 'a weak password is refused');
  await enrol(member, path, 'wangceshi', 'Long-enough-2026');
  await member.waitForURL((url) => !url.pathname.startsWith('/join'));

  const [code, name] = [uscc('91360899XUGU9ABC0'), '吉安测试电子有限公司（虚构示例）'];
  await claim(member, `${code.slice(0, 17)}${code[17] === '0' ? '1' : '0'}`, name);
  assert.match(await member.locator('main').innerText(), /校验/, 'a wrong code is said to be wrong');
  await claim(member, code, name);
  assert.match(await member.locator('main').innerText(), /核对/);

  await secretary.goto('/claims');
  assert.match(await secretary.locator('main').innerText(), /wangceshi/);
  await secretary.locator('article.claim', { hasText: 'wangceshi' }).getByRole('button', { name: '批准' }).click();
  await secretary.waitForLoadState('networkidle');

  await member.goto('/needs/new');
  await member.locator('[name=title]').fill('新会员要的端子');
  await member.locator('form.record button[type=submit]').first().tap();
  await member.waitForURL(/\/needs\/\d+$/);
  assert.match(await member.locator('main').innerText(), /吉安测试电子/);

  // The link is used up.
  const other = await it.page(null);
  await other.goto(path);
  assert.equal(await other.locator('[name=password]').count(), 0);
  for (const page of [secretary, member, other]) await page.context().close();
});
