// Debian's chromium, and people in it.

import { chromium } from 'playwright-core';

/** Widths that every page is looked at with. */
export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the browser. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/**
 * A window of somebody: `account` is signed in (null: nobody), `lang` zh or en, `size` a key of SIZES, `js` false without scripts.
 * Cookies of an account are kept a server, so that each signs in once.
 */
export async function windowOf(browser, server, account, { lang = 'zh', size = 'desktop', js = true } = {}) {
  const phone = size === 'phone';
  const context = await browser.newContext({
    baseURL: server.base,
    viewport: SIZES[size],
    isMobile: phone,
    hasTouch: phone,
    javaScriptEnabled: js,
    reducedMotion: 'reduce',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(15_000);
  await context.addCookies([{ name: 'lang', value: lang, url: server.base }]);
  if (account) {
    server.cookies ??= new Map();
    if (!server.cookies.has(account.name)) {
      await signIn(await context.newPage(), account);
      const cookies = await context.cookies();
      server.cookies.set(account.name, cookies.filter((cookie) => cookie.name !== 'lang'));
      await context.pages()[0].close();
    }
    await context.addCookies(server.cookies.get(account.name));
  }
  return context;
}

/** Signs in through the page, as a person does. */
export async function signIn(page, account) {
  await page.goto('/sign-in');
  const form = page.locator('form:has(input[name=password]:visible)').first();
  await form.locator('[name=name]').fill(account.name);
  await form.locator('[name=password]').fill(account.password);
  await form.locator('button[type=submit]').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}
