// What goes wrong on a page without anybody clicking: failed requests, errors in scripts, breaches of the content security policy.

/** Collects complaints of a page from now on; `complaints()` hands them over and begins anew. */
export async function watch(page) {
  let heard = [];
  page.on('console', (message) => {
    // The answer's status is judged on its own; chromium repeats it on the console.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      heard.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => heard.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A page that is left while it still asks, and a download, end like this.
    if (why !== 'net::ERR_ABORTED') heard.push(`request: ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) heard.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('data:') && new URL(request.url()).hostname !== '127.0.0.1') {
      heard.push(`asks elsewhere: ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return {
    complaints: () => {
      const all = [...new Set(heard)];
      heard = [];
      return all;
    },
  };
}
