import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as z from 'zod';
import {
  ListInput,
  LogInput,
  parseInput,
  parseNewWorkspace,
  WorkspaceInput,
} from '../../../../src/commands/automation/inputs.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';
import { toolSchemas } from '../../../support/toolSchemas.ts';

const refusesAsInvalid = (error: unknown) => isBerthError(error, 'invalid');

describe('what a chat tool is handed', () => {
  const hostile: readonly unknown[] = [
    null,
    'text',
    7,
    [],
    { workspace: '' },
    { workspace: 7 },
    { workspace: 'x'.repeat(81) },
    { workspace: 'one', force: true },
    { workspace: { toString: () => 'one' } },
  ];
  it('is refused where it is anything else than it should be', () => {
    for (const input of hostile) {
      assert.throws(() => parseInput(WorkspaceInput, input), refusesAsInvalid, JSON.stringify(input));
      assert.throws(() => parseInput(LogInput, input), refusesAsInvalid, JSON.stringify(input));
    }
    for (const lines of [0, -1, 501, 1.5, '10'])
      assert.throws(() => parseInput(LogInput, { workspace: 'one', lines }), refusesAsInvalid, String(lines));
    assert.throws(() => parseInput(ListInput, { target: '../x' }), refusesAsInvalid);
  });

  it('is not repeated when it is refused', () => {
    const secret = 'hunter2-hunter2';
    for (const input of [{ env: [{ name: secret, value: 7 }] }, { image: `a ${secret}` }, { cpus: secret }])
      assert.throws(
        () => parseNewWorkspace(input),
        (error: unknown) => error instanceof Error && !error.message.includes(secret),
      );
  });
});

describe('a new workspace that a program asks for', () => {
  it('has what was chosen, and nothing that the schema adds by itself', () => {
    assert.deepEqual(parseNewWorkspace(undefined), {});
    assert.deepEqual(parseNewWorkspace({ image: ' debian ', ports: [{ port: 80 }], start: false }), {
      image: 'debian',
      ports: [{ port: 80, label: '', protocol: 'http' }],
      start: false,
    });
  });

  it('has nothing that reaches the host, the cluster or a catalogue’s wishes', () => {
    const closed = {
      mounts: [{ type: 'bind', source: '/', path: '/host' }],
      overrides: { privileged: true },
      fromCatalogue: {},
      podPatch: 'spec: {}',
      serviceAccount: 'admin',
      publicKeys: [],
      agentForwarding: true,
      runtime: 'kata',
      gitToken: 'secret',
      user: 'root',
      service: 'nodePort',
      storageClass: 'x',
    };
    for (const [key, value] of Object.entries(closed))
      assert.throws(() => parseNewWorkspace({ image: 'debian', [key]: value }), refusesAsInvalid, key);
  });

  it('is not taken in by a prototype of its own', () => {
    const input: unknown = JSON.parse('{"__proto__":{"overrides":{"privileged":true}}}');
    assert.throws(() => parseNewWorkspace(input), refusesAsInvalid);
  });
});

describe('package.json', () => {
  const Manifest = z.object({
    contributes: z.object({
      languageModelTools: z.array(
        z.object({
          name: z.string(),
          displayName: z.string(),
          userDescription: z.string(),
          modelDescription: z.string().min(40),
          toolReferenceName: z.string().regex(/^berth[A-Z][A-Za-z]+$/),
          icon: z.string(),
          tags: z.array(z.string()).min(1),
          inputSchema: z.unknown(),
        }),
      ),
      configuration: z.array(
        z.object({
          properties: z.record(
            z.string(),
            z.object({ scope: z.string(), ignoreSync: z.boolean().optional() }),
          ),
        }),
      ),
    }),
  });
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8'));
  const { contributes } = Manifest.parse(read('package.json'));

  it('declares the inputs that the tools parse by: node test/support/toolSchemas.ts', () => {
    const declared = contributes.languageModelTools.map(({ name, inputSchema }) => [name, inputSchema]);
    assert.deepEqual(Object.fromEntries(declared), JSON.parse(JSON.stringify(toolSchemas())));
  });

  it('keeps what is this machine’s alone out of Settings Sync, and every setting out of a repository’s reach', () => {
    const settings = Object.assign({}, ...contributes.configuration.map(({ properties }) => properties));
    const entries = Object.entries(
      z
        .record(z.string(), z.object({ scope: z.string(), ignoreSync: z.boolean().optional() }))
        .parse(settings),
    );
    for (const [name, { scope }] of entries) assert.equal(scope, 'application', name);
    const unsynced = entries.filter(([, { ignoreSync }]) => ignoreSync).map(([name]) => name);
    assert.deepEqual(unsynced.sort(), ['berth.kubernetes.connect', 'berth.kubernetes.kubeconfig']);
  });
});
