import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { extensionRoomMs } from '../../../src/policy/guarded.ts';
import { parsePolicy } from '../../../src/policy/policyText.ts';
import { refusals } from '../../../src/policy/refusal.ts';
import { boundsOf } from '../../../src/workspace/policy/bounds.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { projectRoot } from '../../support/vsix.ts';

describe('the example of a policy', () => {
  it('can be read, lets through what it means to, and refuses the rest', async () => {
    const text = await readFile(join(projectRoot, 'media', 'policy', 'berth-policy.json'), 'utf8');
    const bounds = boundsOf(parsePolicy(text));
    const good = {
      image: 'debian:bookworm',
      lifespanHours: 8,
      idleMinutes: 60,
      imageUpdates: 'start' as const,
    };
    assert.deepEqual(refusals(WorkspaceSettings.parse(good), bounds, 'docker'), []);
    const bad = { ...good, image: 'quay.io/x:latest', cpus: 64, podPatch: 'a: 1', lifespanHours: 0 };
    const found = refusals(WorkspaceSettings.parse(bad), bounds, 'kubernetes').map(({ key }) => key);
    assert.deepEqual(found, ['image', 'cpus', 'lifespanHours', 'podPatch']);
  });

  it('stands in the page for platform engineers, whose own is one too', async () => {
    const page = await readFile(join(projectRoot, 'PLATFORM.md'), 'utf8');
    const [, json = ''] = /```json\n(\{\n {2}"name"[^`]+)```/.exec(page) ?? [];
    assert.equal(parsePolicy(json).sessionHours, 24);
    assert.match(page, /\(media\/policy\/berth-policy\.json\)/);
  });
});

describe('the room for an extension', () => {
  const hour = 3_600_000;
  const now = Date.parse('2026-01-01T12:00:00Z');
  const startedAt = '2026-01-01T10:00:00Z';
  const at = (hours: number) => ({
    startedAt,
    time: { endsAt: now + hours * hour, limit: 'lifespan' as const, what: '', isWarned: false, roomMs: 0 },
  });
  it('is what the session may last, less what it has been given', () => {
    assert.equal(extensionRoomMs(at(1), 10, now), 7 * hour);
    assert.equal(extensionRoomMs({ startedAt }, 10, now), 8 * hour);
    assert.equal(extensionRoomMs(at(20), 10, now), -12 * hour);
    assert.equal(extensionRoomMs(at(1), undefined, now), Infinity);
  });
});
