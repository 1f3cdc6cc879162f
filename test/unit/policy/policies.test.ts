import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PolicySource } from '../../../src/engine/engine.ts';
import { placeOf } from '../../../src/policy/listedPlace.ts';
import { machinePolicyFile } from '../../../src/policy/machineFile.ts';
import { filePlace } from '../../../src/policy/places.ts';
import { Policies, type Reading } from '../../../src/policy/policies.ts';
import { policyReport } from '../../../src/policy/policyReport.ts';
import { PolicyStore } from '../../../src/policy/policyStore.ts';
import { TargetId } from '../../../src/workspace/name.ts';
import type { Policy } from '../../../src/workspace/policy/policy.ts';

const target = TargetId.parse('team');
const acme = { name: 'Acme', settings: { cpus: { max: 4 } } };

describe('policies of this machine', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-policy-'));
  });
  after(() => rm(folder, { recursive: true }));

  let count = 0;
  /** Of a file that is listed and one that an administrator may have put there. */
  function world(own: readonly Policy[] = []) {
    const number = ++count;
    const [listed, machine] = [join(folder, `${number}.json`), join(folder, `machine-${number}.json`)];
    const places = () => [filePlace(machine, { isOptional: true }), placeOf(listed, () => ({}))];
    const store = new PolicyStore(join(folder, `copies-${number}`));
    const open = () => new Policies({ places, own: () => own, store });
    return { listed, machine, open };
  }
  const reasons = (readings: readonly Reading[]) =>
    readings.flatMap(reading => (reading.kind === 'broken' ? [reading.reason] : []));

  it('are read where they are, and are nothing where there are none', async () => {
    const { listed, machine, open } = world();
    await writeFile(listed, JSON.stringify(acme));
    const policies = open();
    const one = await policies.look(undefined);
    assert.equal(one.bounds.settings.cpus?.max?.value, 4);
    assert.deepEqual(
      one.readings.map(({ kind }) => kind),
      ['none', 'good'],
    );
    await writeFile(machine, '\uFEFF{"name": "Owner", "settings": {"cpus": {"max": 2}},}');
    const both = await policies.look(undefined);
    assert.deepEqual(both.bounds.settings.cpus?.max, { value: 2, by: 'Owner' });
    await rm(machine);
    assert.equal((await policies.look(undefined)).bounds.settings.cpus?.max?.value, 4);
  });

  it('count also where no copy of them can be kept', async () => {
    const { listed } = world();
    await writeFile(listed, JSON.stringify(acme));
    const unkept: string[] = [];
    // A file stands where the folder of the copies should be.
    const policies = new Policies({
      places: () => [placeOf(listed, () => ({}))],
      own: () => [],
      store: new PolicyStore(join(listed, 'copies')),
      unkept: address => unkept.push(address),
    });
    const { bounds, refusal } = await policies.look(undefined);
    assert.equal(bounds.settings.cpus?.max?.value, 4);
    assert.equal(refusal, undefined);
    assert.deepEqual(unkept, [listed]);
  });

  it('leave things open while they were never read, and name what is wrong', async () => {
    const { listed, open } = world();
    const table: [text: string, reason: RegExp][] = [
      ['', /not JSON/],
      ['[]', /not as a policy has to be/],
      ['{"settings": {}}', /name/],
      ['{"name": "A", "settings": {"cpus": {"maximum": 4}}}', /settings\.cpus\.maximum/],
      ['{"name": "A", "settings": {"colour": {}}}', /colour/],
      [`{"name": "A", "images": {"allow": ["${'x'.repeat(600_000)}"]}}`, /larger/],
    ];
    assert.match(reasons((await open().look(undefined)).readings).join(), /not there/);
    for (const [text, reason] of table) {
      await writeFile(listed, text);
      const { refusal, readings } = await open().look(undefined);
      assert.equal(refusal, undefined);
      assert.match(reasons(readings).join(), reason);
    }
  });

  it('that were read and cannot be read any more close everything, over a restart too, until they can', async () => {
    const { listed, open } = world();
    await writeFile(listed, JSON.stringify(acme));
    await open().look(undefined);
    const ways: [name: string, way: () => Promise<void>, reason: RegExp][] = [
      ['broken', () => writeFile(listed, '{'), /not JSON/],
      ['gone', () => rm(listed), /not there/],
    ];
    for (const [, way, reason] of ways) {
      await way();
      const { refusal, bounds } = await open().look(undefined);
      assert.match(refusal?.message ?? '', reason);
      assert.match(refusal?.message ?? '', /no workspace is made, changed or started/);
      assert.equal(refusal?.action?.command, 'berth.readPolicy');
      // What is shown goes by the last good copy.
      assert.equal(bounds.settings.cpus?.max?.value, 4);
    }
    await writeFile(listed, JSON.stringify({ name: 'Acme' }));
    const { refusal, bounds } = await open().look(undefined);
    assert.equal(refusal, undefined);
    assert.equal(bounds.settings.cpus, undefined);
  });

  it('count together with those of a target and of single settings', async () => {
    const { listed, open } = world([{ name: 'a setting', settings: {}, trust: { forbid: ['blocked'] } }]);
    await writeFile(listed, JSON.stringify(acme));
    let text: string | Error | undefined = JSON.stringify({ name: 'Team', settings: { cpus: { max: 1 } } });
    const source: PolicySource = {
      title: 'ConfigMap',
      read: async () => {
        if (text instanceof Error) throw text;
        return text;
      },
    };
    const policies = open();
    const news: number[] = [];
    policies.onDidChange(() => news.push(1));
    const held = await policies.look({ id: target, source });
    assert.deepEqual(held.bounds.settings.cpus?.max, { value: 1, by: 'Team' });
    assert.deepEqual(held.bounds.trust, [{ value: 'blocked', by: 'a setting' }]);
    assert.deepEqual(policies.known(target).bounds, held.bounds);
    assert.equal(policies.known().bounds.settings.cpus?.max?.by, 'Acme');
    await policies.look({ id: target, source });
    assert.equal(news.length, 1, 'told once');

    text = new Error('forbidden');
    assert.match((await policies.look({ id: target, source })).refusal?.message ?? '', /forbidden/);
    assert.equal((await policies.look(undefined)).refusal, undefined, 'elsewhere nothing is closed');
    text = undefined;
    assert.equal((await policies.look({ id: target, source })).refusal, undefined, 'taken away is an answer');
    text = new Error('forbidden');
    assert.equal((await policies.look({ id: target, source })).refusal, undefined, 'and forgets it');
  });

  it('do not pass off a look that was given up as a policy that is broken', async () => {
    const source: PolicySource = { title: 'ConfigMap', read: () => new Promise(() => {}) };
    const { open } = world();
    const look = open().look({ id: target, source }, AbortSignal.abort(new Error('given up')));
    await assert.rejects(look, /given up/);
  });

  it('are told with who says what, and nothing of theirs is markup', async () => {
    const { listed, open } = world();
    const policy = {
      name: '[Acme](https://evil.example) | <b>',
      settings: { cpus: { max: 4 }, agentForwarding: { fixed: false }, user: { hidden: true } },
      images: { allow: ['debian:*'] },
      workspacesPerPerson: 50,
    };
    await writeFile(listed, JSON.stringify(policy));
    const policies = open();
    const report = policyReport(await policies.look(undefined), []);
    assert.match(report, /\| CPUs \| At most 4, says /);
    assert.match(report, /Forward the ssh agent \| It has to be off/);
    assert.match(report, /\| Images \| Only debian:\\\*, says /);
    assert.match(report, /Workspaces per person \| 50/);
    assert.doesNotMatch(report, /[^\\]\[Acme\]|<b>/);
  });
});

describe('where a policy is', () => {
  it('is for everybody on the machine', () => {
    assert.equal(machinePolicyFile('linux', {}), '/etc/berth/policy.json');
    assert.match(machinePolicyFile('win32', { ProgramData: 'D:\\Data' }), /D:\\Data.berth.policy\.json/);
  });

  const refused: [text: string, reason: RegExp][] = [
    ['policy.json', /neither a full path nor an address/],
    ['ftp://acme.example/p.json', /neither a full path nor an address/],
    ['http://acme.example/p.json', /only over TLS/],
    ['https://me:hunter2@acme.example/p.json', /no place for a password/],
  ];
  for (const [text, reason] of refused) {
    it(`cannot be ${text}`, async () => {
      const place = placeOf(text, () => ({}));
      assert.doesNotMatch(place.address, /hunter2/);
      await assert.rejects(place.read(undefined, AbortSignal.timeout(1_000)), reason);
    });
  }
});
