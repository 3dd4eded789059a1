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
  await page.locator('main form:has(input[type=file]) button[type=submit]').first().click();
}

/** Opens the first need of an open draft at the desk. */
export async function openDesk(page) {
  await page.goto('/desk');
}
