import assert from 'node:assert/strict';
import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isWithin } from '../../../src/image/within.ts';

describe('isWithin', () => {
  it('follows links, and knows a path that only begins alike', async () => {
    await using temporary = await mkdtempDisposable(join(tmpdir(), 'berth-'));
    const [project, other] = [join(temporary.path, 'project'), join(temporary.path, 'project-2')];
    for (const folder of [join(project, 'image'), other]) await mkdir(folder, { recursive: true });
    await writeFile(join(other, 'key'), 'x');
    await symlink(other, join(project, 'link'));
    await symlink(join(other, 'key'), join(project, 'Dockerfile'));
    await symlink('image', join(project, 'near'));
    await symlink(project, join(temporary.path, 'opened'));
    const rows: readonly [string, string, boolean][] = [
      [project, project, true],
      [project, join(project, 'image'), true],
      [project, join(project, 'near'), true],
      [project, join(project, '..hidden'), true],
      [project, join(project, 'missing'), true],
      [join(temporary.path, 'opened'), join(temporary.path, 'opened', 'image'), true],
      [project, other, false],
      [project, temporary.path, false],
      [project, join(project, 'link'), false],
      [project, join(project, 'link', 'key'), false],
      [project, join(project, 'Dockerfile'), false],
    ];
    for (const [folder, path, expected] of rows) {
      assert.equal(await isWithin(folder, path), expected, path);
    }
  });
});
