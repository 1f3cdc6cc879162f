/** Documents kept beside their tests and reviewed like code. `BERTH_UPDATE_GOLDEN=1` writes them anew: then read the diff. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export function assertGolden(path: string, text: string): void {
  if (process.env.BERTH_UPDATE_GOLDEN) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.ok(existsSync(path), `${path} is not there: BERTH_UPDATE_GOLDEN=1 writes it`);
  assert.equal(text, readFileSync(path, 'utf8'));
}
