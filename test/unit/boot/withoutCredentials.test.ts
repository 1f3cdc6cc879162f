/** That boot shows no credentials of an address, by any of the shells that may run it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { output, shells } from './shells.ts';

const script = readFileSync(new URL('../../../src/boot/boot.sh', import.meta.url), 'utf8');
const shellFunction = /^without_credentials\(\) \{\n.*?^\}\n/ms.exec(script)?.[0] ?? '';

/** None of them has a single quote twice: they go into a here-document as they are. */
const rows = [
  ['cloning https://me:T@host/x.git now', 'cloning https://host/x.git now'],
  ["fatal: 'https://T@host:80/x': refused", "fatal: 'https://host:80/x': refused"],
  ['https://me:T^{$x@host', 'https://host'],
  ['first https://a:T@b/, then ssh://c:T@d', 'first https://b/, then ssh://d'],
  ['https://me:T@T@host/', 'https://host/'],
  ['nothing, a@b, https://host/x@1', 'nothing, a@b, https://host/x@1'],
] as const;

describe('without_credentials', () => {
  for (const shell of shells) {
    it(`takes user and password out of every address, and nothing else: ${shell.join(' ')}`, () => {
      const texts = rows.map(([text]) => text).join('\n');
      const loop = 'while IFS= read -r text; do without_credentials "$text"; printf "%s\\n" "$b_plain"; done';
      const shown = output(shell, `${shellFunction}${loop} <<'END'\n${texts}\nEND\n`);
      assert.deepEqual(
        shown.trimEnd().split('\n'),
        rows.map(([, plain]) => plain),
      );
    });
  }
});
