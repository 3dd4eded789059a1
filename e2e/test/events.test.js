// A firm signs up for an event on a phone; the secretariat seats it, adjusts on the day, and checks it in at the door, twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../lib/suite.js';

const it = suite();
/** The demo's coming event. */
const EVENT = '/events/3';

test('a firm signs up on a phone in few steps', async (t) => {
  const page = await it.page('seller', { size: 'phone' });
  let steps = 0;
  const step = async (done) => ((steps += 1), await done);
  await page.goto('/events');
  await step(page.locator(`a[href="${EVENT}/mine"]`).first().tap());
  await step(page.locator('[name=people]').fill('2'));
  await step(page.locator('input[type=radio][value=yes]').first().check());
  await step(page.locator(`form[action="${EVENT}/mine"] button[type=submit]`).tap());
  await page.locator('.notice.done').waitFor();
  t.diagnostic(`${steps} steps from the events to the sign-up`);
  assert.ok(steps <= 5);
  assert.equal(await page.locator('input[type=radio][value=yes]:checked').count(), 1, 'the wish is kept');
  assert.deepEqual(page.complaints(), []);
  await page.context().close();
});

test('the timetable is made, stands, is adjusted, and the door takes a code twice', async () => {
  const seller = await it.page('seller', { size: 'phone' });
  const office = await it.page('secretariat');
  await office.goto(`${EVENT}/seats`);
  assert.ok((await office.locator('table.timetable .host').count()) > 5, 'meetings are proposed');
  await office.locator(`form[action="${EVENT}/seats"] button[type=submit]`).click();
  await office.locator('dialog button', { hasText: '确定' }).click();
  await office.waitForURL(new RegExp(`${EVENT}$`));

  await seller.goto(`${EVENT}/mine`);
  const code = (await seller.locator('p.code').innerText()).trim();
  assert.match(code, /^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
  assert.equal(await seller.locator('svg.qr').count(), 1);
  await seller.goto(`${EVENT}/door`);
  assert.equal(await seller.locator('form.door').count(), 0, 'the door is not for members');

  const door = await it.page('secretariat', { size: 'phone' });
  await door.goto(`${EVENT}/door?code=${code.toLowerCase()}`);
  for (const time of ['first', 'second']) {
    await door.locator('#code').fill(code);
    await door.locator('form.door button').tap();
    await door.locator('.panel .met').waitFor();
    assert.equal(await door.locator('.panel .met').count(), 1, time);
  }
  await door.locator('#code').fill('00000-00000');
  await door.locator('form.door button').tap();
  await door.locator('.failure').waitFor();

  await office.goto(`${EVENT}/replan?now=0&table=0`);
  assert.ok((await office.locator('form[method=post] [name=digest]').count()) > 0, 'before and after is shown');
  await office.locator('form[method=post] button[type=submit]').last().click();
  await office.locator('dialog button', { hasText: '确定' }).click();
  await office.waitForURL(new RegExp(`${EVENT}$`));
  assert.ok((await office.locator('td.gone').count()) > 0, 'the table is gone');
  for (const page of [seller, office, door]) await page.context().close();
});
