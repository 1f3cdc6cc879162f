import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findWorkspace, listOf, wholeOf } from '../../../../src/commands/automation/facts.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';
import { TargetId } from '../../../../src/workspace/name.ts';
import { sampleSettings, sampleTarget, sampleWorkspace } from '../../views/samples.ts';

const other = TargetId.parse('other');

describe('the workspace that is meant', () => {
  const [one, two, twin] = [
    sampleWorkspace('one'),
    sampleWorkspace('two'),
    sampleWorkspace('two', { target: other }),
  ];
  const all = [one, two, twin];
  it('is found by its alias, and by a name that no other has', () => {
    assert.equal(findWorkspace('one', all), one);
    assert.equal(findWorkspace('one.local.berth', all), one);
    assert.equal(findWorkspace('two.other.berth', all), twin);
  });
  it('is none where the name is nobody’s, or not one’s alone', () => {
    assert.throws(() => findWorkspace('three', all), /There is no workspace “three”/);
    assert.throws(
      () => findWorkspace('two', all),
      (error: unknown) =>
        isBerthError(error, 'invalid') && /two\.local\.berth, two\.other\.berth/.test(error.message),
    );
  });
});

describe('what a program is told', () => {
  const secret = 'do-not-tell';
  const settings = sampleSettings({
    description: 'the description',
    cpus: 3,
    gitAccess: 'token',
    gitToken: `token-${secret}`,
    repository: `https://login-${secret}@github.com/acme/app`,
    env: [
      { name: 'PLAIN', value: `plain-${secret}` },
      { name: 'HIDDEN', value: `env-${secret}`, secret: true },
    ],
    mounts: [{ type: 'cifs', source: '//server/share', path: '/mnt', password: `cifs-${secret}` }],
  });
  it('has no value of a variable, no token and no password', () => {
    const told = JSON.stringify(wholeOf(sampleWorkspace('one', { settings }), sampleTarget(), 0));
    assert.ok(!told.includes(secret), told);
    for (const word of ['PLAIN', 'HIDDEN', 'the description', '"cpus":"3"', 'ssh one.local.berth'])
      assert.ok(told.includes(word), `${word} in ${told}`);
  });
  it('is bounded, however many workspaces there are and however long their words', () => {
    const reason = 'x'.repeat(100_000);
    const workspaces = Array.from({ length: 500 }, (_, number) =>
      sampleWorkspace(`w${number}`, { state: { kind: 'Error', reason }, image: reason, createdBy: reason }),
    );
    const told = JSON.stringify(listOf([sampleTarget({ workspaces })]));
    assert.ok(told.length < 300_000, `${told.length} characters`);
    assert.ok(told.includes('"notListed":400'));
  });
});
