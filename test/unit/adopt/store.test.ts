import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { hostKeyOf } from '../../../src/adopt/adopted.ts';
import { AdoptedStore, parseAdopted } from '../../../src/adopt/store.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { sampleTarget, sampleWorkspace } from '../views/samples.ts';
import { adopted, adoptedServer } from './samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-adopted-'));
after(() => rmSync(folder, { recursive: true }));

describe('the list of what was adopted', () => {
  it('is kept for two windows at once, and from everybody else', async () => {
    const file = join(folder, 'both', 'adopted.json');
    const [one, other] = [new AdoptedStore(file), new AdoptedStore(file)];
    assert.deepEqual(await one.read(), []);
    await Promise.all([one.add(adopted), other.add(adoptedServer)]);
    assert.deepEqual((await one.read()).map(({ name }) => name).sort(), ['served', 'theirs']);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await assert.rejects(other.add(adopted), error => isBerthError(error, 'conflict'));
    await other.replace({ ...adopted, place: { ...adopted.place, id: 'another' } });
    assert.equal((await one.find(adopted))?.place.id, 'another');
    await one.remove(adopted);
    assert.equal(await other.find(adopted), undefined);
    await assert.rejects(other.replace(adopted), error => isBerthError(error, 'not-found'));
  });

  it('takes nothing that could lead a shell or a deletion astray', () => {
    const entry = { ...adopted.entry, folder: '/tmp/.berth-0123456789abcdef/../..' };
    for (const wrong of [
      { ...adopted, entry },
      { ...adopted, user: '-oProxyCommand=x' },
      { ...adopted, home: 'relative' },
      { ...adopted, name: 'Not One' },
    ]) {
      const text = JSON.stringify({ version: 1, adopted: [wrong] });
      assert.throws(
        () => parseAdopted(text, 'x'),
        error => isBerthError(error, 'invalid'),
      );
    }
    assert.throws(
      () => parseAdopted('{', 'x'),
      error => isBerthError(error, 'invalid'),
    );
    assert.deepEqual(parseAdopted(JSON.stringify({ version: 1, adopted: [adopted] }), 'x'), [adopted]);
  });

  it('takes nothing that it could not read again', async () => {
    const store = new AdoptedStore(join(folder, 'again', 'adopted.json'));
    await store.add(adopted);
    for (const wrong of [{ home: '/a\rb' }, { image: 'x'.repeat(5000) }]) {
      await assert.rejects(store.add({ ...adoptedServer, ...wrong }), error =>
        isBerthError(error, 'invalid'),
      );
    }
    assert.deepEqual(await store.read(), [adopted]);
  });

  it('stands in the ssh config and the pins of its target, whatever workspaces there are', async () => {
    const home = new SshHome({ sshFolder: join(folder, 'ssh'), platform: 'linux' });
    await home.adopted.add(adopted);
    await home.writeTargetConfig(sampleTarget().target, [
      sampleWorkspace('theirs', { hostKey: 'ssh-ed25519 AAAA' }),
      sampleWorkspace('mine', { hostKey: 'ssh-ed25519 AAAA' }),
    ]);
    const { readFile } = await import('node:fs/promises');
    const pins = (await readFile(home.folder.knownHosts, 'utf8')).trim().split('\n');
    assert.deepEqual(
      pins.map(line => line.slice(0, 60)),
      ['mine.local.berth ssh-ed25519 AAAA', 'theirs.local.berth ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOqDl'],
    );
    const config = await readFile(home.folder.config(adopted.target), 'utf8');
    assert.equal(config.match(/^Host theirs\.local\.berth$/gm)?.length, 1);
    assert.ok(!config.includes('secret'));
  });

  it('holds up no workspace where it cannot be read: of what was adopted there is what was known', async () => {
    const sshFolder = join(folder, 'newer');
    const before = new SshHome({ sshFolder, platform: 'linux' });
    await before.adopted.add(adopted);
    const list = (...names: string[]) =>
      names.map(name => sampleWorkspace(name, { hostKey: hostKeyOf(adopted) }));
    await before.writeTargetConfig(sampleTarget().target, list('mine'));
    writeFileSync(before.folder.adopted, JSON.stringify({ version: 2, adopted: [] }));
    const hostsOf = (home: SshHome) => ({
      config: readFileSync(home.folder.config(adopted.target), 'utf8').match(/(?<=^Host )[a-z]+(?=\.)/gm),
      pins: readFileSync(home.folder.knownHosts, 'utf8').match(/^[a-z]+(?=\.)/gm),
    });
    await before.writeTargetConfig(sampleTarget().target, list('mine', 'newer'));
    assert.deepEqual(hostsOf(before), {
      config: ['mine', 'newer', 'theirs'],
      pins: ['mine', 'newer', 'theirs'],
    });
    // In a process that never could read it.
    const after = new SshHome({ sshFolder, platform: 'linux' });
    await after.writeTargetConfig(sampleTarget().target, list('mine'));
    assert.deepEqual(hostsOf(after), { config: ['mine'], pins: ['mine'] });
    await assert.rejects(after.adopted.find(adopted), error => isBerthError(error, 'invalid'));
  });

  it('is left as it is where it cannot be read', async () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, 'no JSON');
    await assert.rejects(new AdoptedStore(file).add(adopted), error => isBerthError(error, 'invalid'));
  });
});
