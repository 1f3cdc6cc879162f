import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PullSecretRequest, pullSecretProblem } from '../../../src/engine/pullSecret.ts';

const table: Readonly<Record<keyof PullSecretRequest, { fine: string[]; not: string[] }>> = {
  name: {
    fine: ['ghcr', 'acme.dev-1', '0', 'a'.repeat(253)],
    not: ['', 'Ghcr', 'a_b', '-a', 'a-', 'a..b', 'a b', 'a/b', 'a'.repeat(254), 'berth-web'],
  },
  registry: {
    fine: ['ghcr.io', 'docker.io', 'localhost:5000', '[::1]:5000', ' ghcr.io '],
    not: ['', 'https://ghcr.io', 'ghcr.io/acme', 'a b', 'ghcr.io:port'],
  },
  username: { fine: ['ann', 'ann@example.org', 'robot$ci+pull', '_json_key'], not: ['', 'a:b', 'a\nb'] },
  password: { fine: ['x', 'a:b"c d', 'é'], not: ['', 'a\n', 'a\0', 'x'.repeat(20_000)] },
};

describe('an image pull secret', () => {
  for (const [part, { fine, not }] of Object.entries(table)) {
    const problem = (text: string) => pullSecretProblem(part as keyof PullSecretRequest, text);
    it(`takes as ${part} what a registry and Kubernetes take`, () => {
      for (const text of fine) assert.equal(problem(text), undefined, text);
      for (const text of not) assert.ok(problem(text), JSON.stringify(text));
    });
  }

  it('says of a password nothing but what is wrong', () => {
    assert.doesNotMatch(pullSecretProblem('password', 'hidden\n') ?? '', /hidden/);
  });
});
