/** A connection file on the machine of whoever was given it: what is asked in which order, and what is never added. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Taker, takeConnection } from '../../../src/commands/takeConnection.ts';
import { ConnectionFile } from '../../../src/ssh/connectionFile.ts';
import { isBerthError } from '../../../src/workspace/error.ts';
import { local, sampleTarget, sampleWorkspace } from '../views/samples.ts';

const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`;
const tls = { ca: '/c/ca.pem', cert: '/c/cert.pem', key: '/c/key.pem', verify: true };
const there = sampleWorkspace('brave-otter', { hostKey });

function given(endpoint: unknown): ConnectionFile {
  return ConnectionFile.parse({
    berthConnection: 1,
    workspace: 'brave-otter',
    target: 'box',
    title: 'The box',
    endpoint,
    hostKey,
    madeBy: 'anna@example.org',
  });
}

const overSsh = { type: 'ssh', host: 'box.example.org' };
const overTls = { type: 'tcp', host: 'box.example.org', port: 2376, tls: true };

/** What happened, in order; how it ended comes last. */
async function steps(endpoint: unknown, answers: Partial<Taker> & { readonly isKnown?: true } = {}) {
  const done: string[] = [];
  const noted = <A extends unknown[], R>(what: string, answer: (...args: A) => R) => {
    return (...args: A) => {
      done.push(what);
      return answer(...args);
    };
  };
  const { target } = sampleTarget();
  const taker: Taker = {
    kubeconfig: undefined,
    targets: {
      known: async () => (answers.isKnown ? target : undefined),
      add: noted('added', async () => target),
    },
    chooseTls: noted('which certificates', answers.chooseTls ?? (async () => tls)),
    mayAdd: noted('whether to go there', answers.mayAdd ?? (async () => true)),
    find: noted('looked', answers.find ?? (async () => there)),
  };
  const end = await takeConnection(given(endpoint), taker).then(
    id => id ?? 'left',
    (error: unknown) => (isBerthError(error) ? error.code : String(error)),
  );
  return [...done, end];
}

describe('a connection file that is taken', () => {
  const cases: readonly (readonly [string, Parameters<typeof steps>, readonly string[]])[] = [
    [
      'names its place before anything goes there',
      [overSsh],
      ['whether to go there', 'looked', 'added', local],
    ],
    [
      'asks nothing of a place that is not wanted',
      [overSsh, { mayAdd: async () => false }],
      ['whether to go there', 'left'],
    ],
    [
      'adds nothing where there is no such workspace',
      [overSsh, { find: async () => undefined }],
      ['whether to go there', 'looked', 'not-found'],
    ],
    [
      'adds nothing where another host key answers',
      [overSsh, { find: async () => ({ ...there, hostKey: `${hostKey.slice(0, -1)}B` }) }],
      ['whether to go there', 'looked', 'invalid'],
    ],
    ['adds no target that is there already', [overSsh, { isKnown: true }], ['looked', local]],
    [
      'believes a known target no other host key either',
      [overSsh, { isKnown: true, find: async () => ({ ...there, hostKey: undefined }) }],
      ['looked', 'invalid'],
    ],
    [
      'takes certificates of one’s own',
      [overTls],
      ['which certificates', 'whether to go there', 'looked', 'added', local],
    ],
    [
      'is left where no certificates are chosen',
      [overTls, { chooseTls: async () => undefined }],
      ['which certificates', 'left'],
    ],
    [
      'does not go without the TLS that it speaks of',
      [overTls, { chooseTls: async () => 'none' }],
      ['which certificates', 'unsupported'],
    ],
    [
      'is for people of the machine whose socket it tells of',
      [{ type: 'unix', path: '/run/docker.sock', machine: 'not-this-one' }],
      ['unsupported'],
    ],
  ];
  for (const [words, args, expected] of cases) {
    it(words, async () => assert.deepEqual(await steps(...args), expected));
  }
});
