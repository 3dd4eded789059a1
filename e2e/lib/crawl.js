// Follows every link of the program's pages as one person, over plain HTTP.

const LINK = /<(a|link|script|img|form|iframe)\b[^>]*>/g;
const ATTRIBUTE = /\b(href|src|action|hx-get)="([^"]*)"/g;

const unescape = (text) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

/** Each page in the other language and size of text: no kind of its own. */
const ALIKE = new Set(['lang', 'text']);

/** The kind of an address: numbers and values of the query do not tell pages apart. */
export function shape(url) {
  const path = url.pathname.replace(/\/[^/]*\d[^/]*/g, (part) => (part.startsWith('/assets') || part === '/v1' ? part : '/N'));
  const names = [...new Set(url.searchParams.keys())].filter((name) => !ALIKE.has(name)).sort();
  return names.length ? `${path}?${names.join('&')}` : path;
}

function links(html, at) {
  const found = [];
  for (const [tag, kind] of html.matchAll(LINK)) {
    if (kind === 'form' && /method="?post/i.test(tag)) continue;
    for (const [, , value] of tag.matchAll(ATTRIBUTE)) {
      const url = new URL(unescape(value), at);
      if (url.origin === new URL(at).origin) found.push(url);
      else if (url.protocol.startsWith('http')) found.push(null, url);
    }
  }
  return found;
}

const hasAnchor = (html, id) => html.includes(`id="${id}"`) || html.includes(`id=${id}`);

/**
 * Walks from `/` with a cookie line. Of each kind of page at most `each` are opened. Gives `pages` (address by kind), `broken`
 * (words on every link that fails), and how many addresses were asked for and left out.
 */
export async function crawl(base, cookie, { each = 12, from = ['/'] } = {}) {
  const queue = from.map((path) => ({ url: new URL(path, base), by: 'the start' }));
  const seen = new Map();
  const kinds = new Map();
  const broken = [];
  let left = 0;

  async function open({ url, by }) {
    const plain = url.pathname + url.search;
    if (!seen.has(plain)) {
      const kind = shape(url);
      const opened = kinds.get(kind) ?? [];
      if (opened.length >= each) {
        left += 1;
        seen.set(plain, null);
        return;
      }
      kinds.set(kind, [...opened, plain]);
      seen.set(plain, await answer(url, by));
    }
    const html = seen.get(plain);
    if (html && url.hash.length > 1 && !hasAnchor(html, decodeURIComponent(url.hash.slice(1)))) {
      broken.push(`${plain}${url.hash} leads nowhere (linked by ${by})`);
    }
  }

  async function answer(url, by) {
    const plain = url.pathname + url.search;
    const response = await fetch(url, { headers: { cookie }, redirect: 'manual' });
    if (response.status >= 400) broken.push(`${response.status} ${plain} (linked by ${by})`);
    const to = response.headers.get('location');
    if (to) {
      if (to.startsWith('/sign-in') && !plain.startsWith('/sign-in')) broken.push(`${plain} asks to sign in (linked by ${by})`);
      queue.push({ url: new URL(to, url), by: plain });
    }
    const html = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    const body = html ? await response.text() : (await response.arrayBuffer(), null);
    for (const link of body ? links(body, url) : []) {
      if (link === null) broken.push(`${plain} links to another host`);
      else queue.push({ url: link, by: plain });
    }
    return body;
  }

  while (queue.length) {
    // Four at a time; two cores serve and ask.
    await Promise.all(queue.splice(0, 4).map(open));
  }
  return { kinds, broken: [...new Set(broken)], asked: [...seen.values()].filter((html) => html !== null).length, opened: seen.size - left, left };
}
