// Steps that several stories share.

import { join } from 'node:path';
import { ROOT } from './program.js';

/** The need of the reference scenario (demo/README.md) asks for an introduction to the offer 41.7 km away. */
export async function proposeIntroduction(buyer) {
  await buyer.goto('/needs?q=' + encodeURIComponent('Mini LED显示模组面罩（高精度）'));
  await buyer.locator('main a[href^="/needs/"]', { hasText: '面罩（高精度）' }).first().click();
  const match = buyer.locator('ol.matches > li', { hasText: '泰和沅棣' }).first();
  await match.locator('summary.button').click();
  await match.locator('[name=note]').fill('想先要样品。');
  await match.locator('form[action="/introductions"] button').click();
  await buyer.waitForURL(/\/introductions/);
}

/** Hands a workbook of the demo to the import page, up to its preview. */
export async function importWorkbook(page, file) {
  await page.goto('/import');
  await page.locator('input[type=file]').setInputFiles(join(ROOT, 'demo/workbooks', file));
  await page.locator('form:has(input[type=file]) button[type=submit]').click();
  await page.locator('form[action$="/store"]').first().waitFor({ timeout: 60_000 });
}

/** Opens the desk at a need with candidates, drafting the month's list where there is no draft. */
export async function openDesk(page) {
  await page.goto('/desk');
  const drafts = page.locator('main a[href^="/desk/"]').filter({ hasNot: page.locator('[href*=withdraw]') });
  const open = async () => (await drafts.evaluateAll((links) => links.map((a) => a.getAttribute('href')))).find((to) => /^\/desk\/\d+$/.test(to));
  if (!(await open())) {
    await page.locator('form[action="/desk/draft"] [name=period]').fill('2026-12');
    await page.locator('form[action="/desk/draft"] button').click();
    await page.waitForURL(/\/desk\/\d+/, { timeout: 60_000 });
  } else await page.goto(await open());
  await page.locator('.desk-need').waitFor();
  // Needs without a candidate have nothing to decide.
  for (let steps = 0; steps < 30 && !(await page.locator('td[data-candidate="1"] [data-word=c]').count()); steps += 1) {
    await page.locator('[data-key=j]').click();
    await page.waitForLoadState('networkidle');
  }
}

/** A member's invitation, written by the secretariat: path of the link. */
export async function invite(secretary, whom) {
  await secretary.goto('/invitations/new');
  await secretary.locator('form:has([name=days]) [name=name]').fill(whom);
  await secretary.locator('[name=office]').selectOption('member');
  await secretary.locator('form:has([name=days]) button[type=submit]').last().click();
  const link = secretary.locator('input[value*="/join/"]').first();
  return new URL(await link.inputValue()).pathname;
}

/** Makes the account of an invitation. */
export async function enrol(page, path, name, password) {
  await page.goto(path);
  await page.locator('[name=name]').fill(name);
  await page.locator('[name=password]').fill(password);
  await page.locator('[name=again]').fill(password);
  await page.locator('form:has([name=again]) button[type=submit]').click();
}

/** Claims an enterprise by its code. */
export async function claim(member, code, name) {
  await member.goto('/claim');
  await member.locator('[name=uscc]').fill(code);
  await member.locator('form[action="/claim"] [name=name]').fill(name);
  await member.locator('form[action="/claim"] button[type=submit]').click();
}

/** A code with its check character (GB 32100-2015); `body` is its first 17 characters. */
export function uscc(body) {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const sum = [...body].reduce((all, char, i) => all + alphabet.indexOf(char) * (3 ** i % 31), 0);
  return body + alphabet[(31 - (sum % 31)) % 31];
}
