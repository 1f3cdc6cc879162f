import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type * as vscode from 'vscode';
import type { Machine } from '../../../src/commands/machine.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { Fleet } from '../../../src/engine/fleet.ts';
import { Target } from '../../../src/engine/target.ts';
import { programs } from '../../../src/ssh/programs.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import type { Log } from '../../../src/vscode/log.ts';
import { TargetId } from '../../../src/workspace/name.ts';
import { eventually } from '../../support/command.ts';
import { underEditor } from '../../support/fakeEditor.ts';
import { adopted } from '../adopt/samples.ts';

const { SshUpkeep } = await underEditor(() => import('../../../src/commands/sshUpkeep.ts'));

const folder = await mkdtemp(join(tmpdir(), 'berth-upkeep-'));
after(() => rm(folder, { recursive: true }));

const id = TargetId.parse('local');
const target = Target.parse({
  kind: 'docker',
  id,
  title: 'Local',
  endpoint: { type: 'unix', path: '/x' },
  origin: 'test',
});

/** An extension whose programs are empty files. */
async function extension(): Promise<vscode.ExtensionContext> {
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ version: '1.0.0' }));
  for (const name of programs) await writeFile(join(folder, 'dist', name), '');
  const parts = {
    extensionPath: folder,
    extension: { packageJSON: { version: '1.0.0' } },
    globalState: { update: async () => undefined },
  };
  return parts as unknown as vscode.ExtensionContext;
}

describe('the upkeep of the ssh files', () => {
  it('heals before a connection what was removed or changed since it was written', async () => {
    const ssh = new SshHome({ sshFolder: join(folder, '.ssh') });
    const engine = { probe: async () => ({}), list: async () => [], [Symbol.dispose]: () => undefined };
    const fleet = new Fleet(
      {
        read: async () => [target],
        discover: async () => undefined,
        onChange: () => ({ [Symbol.dispose]() {} }),
      },
      async () => engine as unknown as Engine,
    );
    const log = { write: () => undefined } as unknown as Log;
    using upkeep = new SshUpkeep(fleet, { ssh } as Machine, await extension(), log);
    await fleet.refresh();
    await upkeep.filesReady(id);
    const config = ssh.folder.config(id);
    const text = await readFile(config, 'utf8');

    await rm(config);
    await upkeep.follow(id);
    await assert.rejects(readFile(config), { code: 'ENOENT' }, 'a list that says nothing new costs nothing');
    await upkeep.filesReady(id);
    assert.equal(await readFile(config, 'utf8'), text);

    await writeFile(config, 'Host other\n');
    await upkeep.ready(id, undefined);
    assert.equal(await readFile(config, 'utf8'), text);

    await new SshHome({ sshFolder: join(folder, '.ssh') }).adopted.add(adopted);
    const has = async () => (await readFile(config, 'utf8')).includes('Host theirs.local.berth');
    await eventually(has, 'what another window adopted stands in it');
    fleet[Symbol.dispose]();
  });
});
