/** The pure parts of a build: its command line, and what its output means. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildCommand, fitsProgram } from '../../../../src/engine/docker/buildCommand.ts';
import { buildLine } from '../../../../src/engine/docker/buildLine.ts';
import { BuildTranscript } from '../../../../src/engine/docker/buildTranscript.ts';
import { pushProblem } from '../../../../src/engine/docker/push.ts';
import type { Progress } from '../../../../src/engine/engine.ts';
import type { DockerEndpoint } from '../../../../src/engine/target.ts';
import { BuildRequest } from '../../../../src/image/buildRequest.ts';

const request = BuildRequest.parse({
  context: '/srv/my project',
  dockerfile: '/srv/my project/Dockerfile',
  reference: 'mine',
  args: { TOKEN: 'very-secret', HTTP_PROXY: 'http://proxy:3128' },
  stage: 'dev',
  platform: 'linux/arm64',
});
const unix: DockerEndpoint = { type: 'unix', path: '/var/run/docker.sock' };

describe('buildCommand', () => {
  const common = [
    '--file=/srv/my project/Dockerfile',
    '--tag=docker.io/library/mine:latest',
    '--build-arg=TOKEN',
    '--build-arg=HTTP_PROXY=http://proxy:3128',
    '--target=dev',
    '--platform=linux/arm64',
    '/srv/my project',
  ];
  const rows = [
    ['buildx', 'docker', ['buildx', 'build', '--load', '--progress=plain', ...common]],
    ['docker', 'docker', ['build', '--progress=plain', ...common]],
    [
      'podman',
      'podman',
      ['--url', 'unix:///var/run/docker.sock', 'build', '--layers', '--force-rm', ...common],
    ],
  ] as const;
  for (const [way, program, args] of rows) {
    it(`${way}: no value of an argument on the command line`, () => {
      const command = buildCommand(way, unix, request);
      assert.equal(command.program, program);
      assert.deepEqual(command.args, args);
      assert.equal(command.env.TOKEN, 'very-secret');
      assert.doesNotMatch(command.args.join(' '), /very-secret/);
    });
  }

  it('names the target whatever the person’s docker context and builder are', () => {
    const { env } = buildCommand('buildx', { type: 'ssh', host: 'box', user: 'me', port: 2222 }, request);
    assert.equal(env.DOCKER_HOST, 'ssh://me@box:2222');
    assert.ok('DOCKER_CONTEXT' in env && env.DOCKER_CONTEXT === undefined);
    assert.equal(env.BUILDX_BUILDER, 'default');
  });

  it('takes TLS as the target has it', () => {
    const tls = { ca: '/ca.pem', cert: '/cert.pem', key: '/key.pem', verify: true };
    const { args } = buildCommand('docker', { type: 'tcp', host: 'box', port: 2376, tls }, request);
    assert.deepEqual(args.slice(0, 4), [
      '--tlsverify',
      '--tlscacert=/ca.pem',
      '--tlscert=/cert.pem',
      '--tlskey=/key.pem',
    ]);
  });
});

describe('fitsProgram', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['VERSION', '1', true],
    ['NODE_AUTH_TOKEN', 'x', true],
    ['GO_VERSION', '1', true],
    ['http_proxy', 'http://proxy:1', true],
    ['http_proxy', 'http://me:secret@proxy:1', false],
    ['LD_PRELOAD', '/evil.so', false],
    ['PATH', '/evil', false],
    ['DOCKER_HOST', 'tcp://evil', false],
    ['GODEBUG', 'x', false],
    ['GIT_SSH_COMMAND', 'evil', false],
    ['HOME', '/evil', false],
    ['PYTHON_VERSION', '3', true],
    ['NODE_VERSION', '24', true],
    ['PYTHONPATH', '/evil', false],
    ['NODE_OPTIONS', '--require=/evil.js', false],
    ['CLOUDSDK_PYTHON', '/evil', false],
    ['AWS_CONFIG_FILE', '/evil', false],
    ['PASSWORD_STORE_EXTENSIONS_DIR', '/evil', false],
  ];
  for (const [name, value, expected] of rows) {
    it(`${name}=${value}: ${expected}`, () => assert.equal(fitsProgram({ [name]: value }), expected));
  }
});

describe('BuildRequest', () => {
  const refused: readonly (readonly [string, object])[] = [
    ['a relative folder', { context: 'x' }],
    ['a name that is an option', { reference: '--push' }],
    ['a name with a digest', { reference: `a@sha256:${'0'.repeat(64)}` }],
    ['a stage that is an option', { stage: '--push' }],
    ['a platform that is an option', { platform: '--x/y' }],
    ['an argument that is two', { args: { 'A=b': 'c' } }],
  ];
  for (const [title, more] of refused) {
    it(`refuses ${title}`, () =>
      assert.equal(BuildRequest.safeParse({ ...request, ...more }).success, false));
  }
});

describe('buildLine', () => {
  const step = (at: number, of: number, instruction: string, id?: string) => ({
    kind: 'step',
    ...(id !== undefined && { id }),
    at,
    of,
    instruction,
  });
  const rows: readonly (readonly [string, object])[] = [
    ['Step 2/6 : FROM $' + '{BASE} AS one', step(2, 6, 'FROM $' + '{BASE} AS one')],
    ['STEP 2/3: RUN true', step(2, 3, 'RUN true')],
    ['[1/2] STEP 2/3: RUN true', step(2, 3, 'RUN true')],
    ['#5 [one 2/2] RUN echo', step(2, 2, 'RUN echo', '5')],
    ['#5 [2/2] RUN echo', step(2, 2, 'RUN echo', '5')],
    ['#12 [linux/arm64 stage-1 3/4] COPY a b', step(3, 4, 'COPY a b', '12')],
    ['#5 0.179 word', { kind: 'output', id: '5', text: 'word' }],
    ['#5 DONE 0.2s', { kind: 'noise' }],
    ['#5 CACHED', { kind: 'noise' }],
    ['#1 [internal] load build definition from Dockerfile', { kind: 'noise' }],
    ['#5 sha256:dac3e32ce8104e', { kind: 'noise' }],
    ['#6 ERROR: exit code: 3', { kind: 'error', id: '6', text: 'exit code: 3' }],
    ['ERROR: failed to solve: x', { kind: 'error', text: 'failed to solve: x' }],
    ['Error: building at STEP "RUN false"', { kind: 'error', text: 'building at STEP "RUN false"' }],
    ['', { kind: 'output', text: '' }],
    ['# a comment', { kind: 'output', text: '# a comment' }],
  ];
  for (const [line, expected] of rows) it(line, () => assert.deepEqual(buildLine(line), expected));
});

describe('BuildTranscript', () => {
  const said = (lines: readonly string[], words?: string) => {
    const progress: Progress[] = [];
    const transcript = new BuildTranscript(entry => progress.push(entry));
    for (const line of lines) transcript.add(line);
    return { progress, error: transcript.failure('mine:1', words) };
  };

  it('names the step of BuildKit that failed, not the one that began last, with its last lines', () => {
    const { error } = said([
      '#5 [one 2/3] RUN make',
      '#6 [two 2/3] RUN sleep 9',
      '#5 0.1 \u001b[31mcc: no such file\u001b[0m',
      '#6 0.2 waiting',
      '#5 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2',
      'ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2',
    ]);
    assert.equal(
      error.message,
      'Cannot build mine:1: step 2 of 3 failed, “RUN make”: it ended with exit code 2.\nThe last it said:\ncc: no such file',
    );
    assert.equal(error.action?.command, 'berth.showBuildLog');
  });

  it('tells each step once', () => {
    const { progress } = said(['#5 [2/3] RUN a', '#5 0.1 x', '#5 [2/3] RUN a', '#5 0.2 y', '#7 [3/3] RUN b']);
    const steps = progress.flatMap(entry => (entry.kind === 'step' ? [entry.message] : []));
    assert.deepEqual(steps, ['Step 2 of 3: RUN a', 'Step 3 of 3: RUN b']);
  });

  const words: readonly (readonly [string, string, RegExp])[] = [
    ['no space left on device', 'no-space', /disk of the target is full/],
    ['pull access denied for x, repository does not exist', 'pull-refused', /base image is not there/],
    [
      'dockerfile parse error line 2: unknown instruction: RUUN',
      'failed',
      /line 2: unknown instruction: RUUN/,
    ],
    [
      'failed to solve with frontend dockerfile.v0: target stage x could not be found',
      'failed',
      /: target stage x/,
    ],
  ];
  for (const [reason, code, message] of words) {
    it(`${reason} is ${code}`, () => {
      const { error } = said([], reason);
      assert.equal(error.code, code);
      assert.match(error.message, message);
    });
  }

  it('is short where a step is not', () => {
    const { error } = said(
      [`Step 1/1 : RUN ${'x'.repeat(100_000)}`, 'y'.repeat(100_000)],
      'z'.repeat(100_000),
    );
    assert.ok(error.message.length < 1_500);
  });
});

describe('pushProblem', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['An image does not exist locally with the tag: x', 'not-found'],
    ['denied: requested access to the resource is denied', 'pull-refused'],
    ['no basic auth credentials', 'pull-refused'],
    ['x509: certificate signed by unknown authority', 'unreachable'],
    ['http: server gave HTTP response to HTTPS client', 'unreachable'],
    ['dial tcp 127.0.0.1:1: connect: connection refused', 'unreachable'],
    ['something else', 'failed'],
  ];
  for (const [words, code] of rows) {
    it(words, () => assert.equal(pushProblem('a/b:1', 'docker.io', words).code, code));
  }
});
