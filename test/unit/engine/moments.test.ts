import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExecOptions, ExecResult } from '../../../src/engine/engine.ts';
import { go, runMoments } from '../../../src/engine/moments.ts';
import { web } from './records.ts';

type Call = { readonly argv: readonly string[]; readonly options: ExecOptions };

/** An engine in which marks are kept, and commands end as they are told. */
function engineWith(answers: Readonly<Record<string, Partial<ExecResult> | Error>> = {}) {
  const calls: Call[] = [];
  const marks = new Set<string>();
  const exec = async (_: string, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> => {
    options.signal?.throwIfAborted();
    const mark = argv.at(-1) ?? '';
    if (mark.startsWith('.berth-')) {
      const exitCode = marks.has(mark) ? 3 : 0;
      marks.add(mark);
      return { exitCode, stdout: '', stderr: '' };
    }
    calls.push({ argv, options });
    const answer = answers[argv[0] ?? ''] ?? {};
    if (answer instanceof Error) throw answer;
    return { exitCode: 0, stdout: '', stderr: '', ...answer };
  };
  return { calls, exec };
}

const overrides = {
  firstLaunch: { command: ['setup', '--all'], user: 'root', folder: '/srv', environment: { A: 'b' } },
  assign: { command: ['greet'], privileged: true as const },
  go: { command: ['open'] },
};
const { signal } = new AbortController();

describe('the moments of an entry', () => {
  it('come once each, with user, folder, variables and rights', async () => {
    const engine = engineWith({ setup: { stdout: 'done\n' } });
    const said: string[] = [];
    for (let round = 0; round < 2; round++) {
      await runMoments(
        engine,
        { name: web, overrides },
        ['firstLaunch', 'assign'],
        progress => {
          if (progress.kind === 'output') said.push(progress.text);
        },
        signal,
      );
    }
    assert.deepEqual(
      engine.calls.map(({ argv }) => argv),
      [['setup', '--all'], ['greet']],
    );
    const [first, second] = engine.calls.map(({ options: { signal: _, ...options } }) => options);
    assert.deepEqual(first, { env: { A: 'b' }, user: 'root', folder: '/srv' });
    assert.deepEqual(second, { env: {}, privileged: true });
    assert.deepEqual(said, ['first_launch: setup --all\n', 'done\n', 'assign: greet\n']);
  });

  for (const [what, answer] of [
    ['ends badly', { exitCode: 4, stderr: 'no disk' }],
    ['cannot be run', new Error('no such program')],
  ] as const) {
    it(`are reported and not fatal where one ${what}`, async () => {
      const engine = engineWith({ setup: answer });
      const said: string[] = [];
      await runMoments(
        engine,
        { name: web, overrides },
        ['firstLaunch', 'assign'],
        progress => {
          if (progress.kind === 'output') said.push(progress.text);
        },
        signal,
      );
      assert.match(said.join(''), /first_launch failed: (?:it ended with 4|no such program)/);
      assert.equal(engine.calls.length, 2);
    });
  }

  it('end with the signal', async () => {
    const ended = AbortSignal.abort(new Error('stop'));
    const engine = engineWith();
    await assert.rejects(
      runMoments(engine, { name: web, overrides }, ['assign'], () => undefined, ended),
      /stop/,
    );
    assert.equal(engine.calls.length, 0);
  });

  it('ask nothing of an engine where the entry has none', async () => {
    const engine = engineWith();
    await runMoments(engine, { name: web }, ['firstLaunch', 'assign'], () => undefined, AbortSignal.abort());
    await go(engine, { name: web, overrides: {} }, 'https://acme.org/', () => undefined, AbortSignal.abort());
    assert.equal(engine.calls.length, 0);
  });

  it('tell the address to what opens it', async () => {
    const engine = engineWith();
    await go(engine, { name: web, overrides }, 'https://acme.org/', () => undefined, signal);
    assert.deepEqual(engine.calls[0]?.options.env, { KASM_URL: 'https://acme.org/' });
  });
});
