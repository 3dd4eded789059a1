// A new member: invitation link, account, claim of an enterprise, approval.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.js';

const it = suite();

/** A code with its check character (GB 32100-2015), in the range of the demo's invented ones. */
function uscc(body) {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const sum = [...body].reduce((all, char, i) => all + alphabet.indexOf(char) * (3 ** i % 31), 0);
  return body + alphabet[(31 - (sum % 31)) % 31];
}

test('invited, joined, claimed, approved, and the first need is posted', async () => {
  const secretary = await it.page('secretariat');
  await secretary.goto('/invitations/new');
  await secretary.locator('[name=name]').fill('新会员 王测试');
  await secretary.locator('[name=office]').selectOption('member');
  await secretary.locator('main form:has([name=days]) button[type=submit]').last().click();
  const link = (await secretary.locator('main').innerText()).match(/\/join\/[\w-]+/) ?? [
    await secretary.locator('input[value*="/join/"]').first().inputValue(),
  ];
  const path = new URL(link[0], it.server.base).pathname;

  const member = await it.page(null, { size: 'phone' });
  await member.goto(path);
  await member.locator('[name=name]').fill('wangceshi');
  await member.locator('[name=password]').fill('short');
  await member.locator('[name=again]').fill('short');
  await member.locator('form button[type=submit]').tap();
  assert.match(member.url(), /\/join\//, 'a weak password is refused');
  await member.locator('[name=name]').fill('wangceshi');
  await member.locator('[name=password]').fill('Long-enough-2026');
  await member.locator('[name=again]').fill('Long-enough-2026');
  await member.locator('form button[type=submit]').tap();
  await member.waitForURL((url) => !url.pathname.startsWith('/join'));

  const code = uscc('91360899XUGU9ABC0');
  await member.goto('/claim');
  await member.locator('[name=uscc]').fill(`${code.slice(0, 17)}${code[17] === '0' ? '1' : '0'}`);
  await member.locator('[name=name]').fill('吉安测试电子有限公司（虚构示例）');
  await member.locator('main form[action="/claim"] button[type=submit]').tap();
  assert.match(await member.locator('main').innerText(), /校验/, 'a wrong code is said to be wrong');
  await member.locator('[name=uscc]').fill(code);
  await member.locator('main form[action="/claim"] button[type=submit]').tap();
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
