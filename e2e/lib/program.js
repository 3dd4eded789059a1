// The real program on a fresh demo database: one a test file, so that no file sees another's changes.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The project's root. */
export const ROOT = resolve(import.meta.dirname, '../..');
const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target');
/** What a run leaves behind: screenshots and reports. */
export const OUT = join(TARGET, 'e2e');
/** The program under test. */
export const PROGRAM = process.env.YULIN ?? join(TARGET, 'release/yulin');

mkdirSync(OUT, { recursive: true });

/** Makes the demo cluster anew and serves it; `stop` also removes it. */
export async function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), 'yulin-e2e-'));
  const child = spawn(PROGRAM, ['demo', '--out', folder, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const base = await new Promise((done, fail) => {
    const give = (chunk) => {
      said += chunk;
      const address = said.match(/http:\/\/[\d.]+:\d+/);
      if (address) done(address[0]);
    };
    child.stdout.setEncoding('utf8').on('data', give);
    child.stderr.setEncoding('utf8').on('data', give);
    child.on('error', fail);
    child.on('exit', (code) => fail(new Error(`yulin demo ended with ${code} before it served:\n${said}`)));
  });
  const ended = new Promise((done) => child.on('exit', (code) => done(code)));
  return {
    base,
    folder,
    /** What the program has printed so far. */
    said: () => said,
    /** Stops the program as an administrator would; its exit code. */
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const code = await ended;
      clearTimeout(late);
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}
