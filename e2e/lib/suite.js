// What every test file begins with: the program on a demo cluster of its own, and a browser.

import { after, before } from 'node:test';
import { ACCOUNTS } from './accounts.js';
import { launch, windowOf } from './browser.js';
import { startDemo } from './program.js';
import { watch } from './watch.js';

/** Starts both before the file's tests and stops them after; its fields are there inside the tests. */
export function suite() {
  const it = {
    /** A page of somebody (a key of ACCOUNTS, or null); `complaints` tells what went wrong on it. */
    page: async (person, options) => {
      const context = await windowOf(it.browser, it.server, person && ACCOUNTS[person], options);
      const page = await context.newPage();
      page.complaints = (await watch(page)).complaints;
      return page;
    },
  };
  before(async () => {
    [it.server, it.browser] = await Promise.all([startDemo(), launch()]);
  });
  after(async () => {
    await it.browser?.close();
    await it.server?.stop();
  });
  return it;
}
