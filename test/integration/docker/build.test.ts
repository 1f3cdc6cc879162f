/** Real builds: the same cases by the engine's API, by docker's program with BuildKit, and on Podman by both ways. */
import assert from 'node:assert/strict';
import { symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DockerImageStore } from '../../../src/engine/docker/images.ts';
import { knownImage, recommendationOf } from '../../../src/image/kind.ts';
import { baseImage, ensureBaseImage } from '../../support/baseImage.ts';
import { eventually, run } from '../../support/command.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { type PodmanService, startPodman } from '../../support/podman.ts';
import { projectRoot } from '../../support/vsix.ts';
import { failure } from '../engineBench.ts';
import { BuildBench, type Way } from './buildBench.ts';

const stages = `ARG BASE=${baseImage}
FROM \${BASE} AS first
ARG WORD=nothing
COPY . /given
RUN echo "the word is $WORD" | tee /word
LABEL berth.kind=jupyter berth.cpus=3
FROM first AS last
RUN echo last > /stage
`;

describe('a build', () => {
  builds('by API on Docker', 'api', async () => dockerSocket);
  builds('by program on Docker', 'program', async () => dockerSocket);

  describe('on Podman', () => {
    let podman: PodmanService;
    before(async () => {
      podman = await startPodman();
    });
    after(async () => {
      await removePodmanLeftovers();
      await podman.stop();
    });
    builds('by API', 'api', async () => podman.socketPath, true);
    builds('by program', 'program', async () => podman.socketPath, true);
  });
});

function builds(title: string, way: Way, engine: () => Promise<string>, isPodman = false): void {
  describe(title, () => {
    let bench: BuildBench;
    before(async () => {
      const socketPath = await engine();
      await ensureBaseImage(() => {}, socketPath);
      bench = await BuildBench.on(socketPath, way);
    });
    after(() => bench[Symbol.asyncDispose]());

    it('takes arguments, a stage and what .dockerignore leaves, and tells its steps', async () => {
      await bench.write({
        Dockerfile: stages,
        '.dockerignore': '*.log\nsecret\n!secret/open\nDockerfile\n',
        'kept.txt': 'kept',
        'dropped.log': 'dropped',
        'secret/closed': 'closed',
        'secret/open': 'open',
      });
      await symlink('kept.txt', join(bench.context, 'link'));
      const image = await bench.build({ args: { WORD: 'a secret: "x" $y' }, stage: 'first' });
      const script = 'cd /given; find . ! -type d | sort | tr "\\n" " "; readlink link; cat /word; ls /stage';
      const printed = await bench.printed(image, 'sh', '-c', script);
      assert.match(printed, /\.\/kept\.txt \.\/link \.\/secret\/open kept\.txt/);
      assert.doesNotMatch(printed, /dropped|closed/);
      assert.match(printed, /the word is a secret: "x" \$y/);
      assert.match(printed, /\/stage.*No such file/, 'the last stage was not asked for');
      assert.ok(
        bench.steps.some(step => /^Step \d+ of \d+: RUN echo "the word is/.test(step)),
        bench.steps.join('\n'),
      );
      const { Config } = await bench.docker.getImage(image).inspect();
      assert.equal(Config.Labels['berth.kind'], 'jupyter');
      const command = bench.output.split('\n').find(line => line.startsWith('$ '));
      assert.equal(command === undefined, way === 'api', 'the way that was meant');
      assert.doesNotMatch(command ?? '', /secret/, 'no value on the command line');
    });

    it('takes a Dockerfile that lies elsewhere, and an own name for it', async () => {
      await bench.write({ 'sub/given': 'x', Containerfile: `FROM ${baseImage}\nCOPY given /found\n` });
      const image = await bench.build({
        context: join(bench.context, 'sub'),
        dockerfile: join(bench.context, 'Containerfile'),
      });
      assert.equal(await bench.printed(image, 'cat', '/found'), 'x');
    });

    it('names the step that failed, how, and what it said last', async () => {
      await bench.write({ Dockerfile: `FROM ${baseImage}\nRUN true\nRUN echo because-of-this; exit 3\n` });
      const error = await failure(bench.build());
      assert.equal(error.code, 'failed');
      assert.match(error.message, /step \d of \d failed, “RUN echo because-of-this; exit 3”/);
      assert.match(error.message, /exit code 3/);
      assert.match(error.message, /because-of-this$/m);
    });

    it('says in words what is wrong with a Dockerfile', async () => {
      await bench.write({ Dockerfile: `FROM ${baseImage}\nRUUN x\n` });
      assert.match((await failure(bench.build())).message, /RUUN/i);
      await bench.write({ Dockerfile: `FROM ${baseImage}\nCOPY missing-file /\n` });
      assert.match((await failure(bench.build())).message, /missing-file/);
      await bench.write({ Dockerfile: `FROM ${baseImage} AS one\n` });
      assert.match((await failure(bench.build({ stage: 'another' }))).message, /another/);
    });

    it('ends when it is cancelled, and leaves no container, no image and no process', async () => {
      // Podman lets a step that runs come to its end, and goes on to no other.
      const seconds = isPodman ? 7 : 47;
      const step = `RUN echo begun && sleep ${seconds}.${process.pid}`;
      await bench.write({ Dockerfile: `FROM ${baseImage}\n${step}\nRUN echo another\n` });
      const isRunning = async () =>
        (await run('pgrep', ['-f', `[s]leep ${seconds}.${process.pid}`], { mayFail: true })).code === 0;
      const abort = new AbortController();
      const reference = bench.newName();
      const containers = async () => (await bench.docker.listContainers({ all: true })).map(({ Id }) => Id);
      const before = new Set(await containers());
      const build = bench.build({ reference }, abort.signal).then(
        () => assert.fail('it was cancelled'),
        (error: unknown) => error,
      );
      await eventually(isRunning, 'the step that takes long', 60_000);
      const from = Date.now();
      abort.abort();
      await build;
      assert.ok(Date.now() - from < 40_000, 'before the step’s own end');
      await eventually(async () => !(await isRunning()), 'the end of the step', 60_000);
      await eventually(
        async () => (await containers()).every(id => before.has(id)),
        'the end of its container',
        60_000,
      );
      await assert.rejects(bench.docker.getImage(reference).inspect());
      assert.doesNotMatch(bench.output, /another/);
    });

    if (way === 'api' && !isPodman) {
      for (const [kind, user] of [
        ['ssh', 'dev'],
        ['studio', 'root'],
      ] as const) {
        it(`makes of the sample for ${kind} an image that is known for what it is`, async () => {
          const context = join(projectRoot, 'media', 'workspaceImages', kind);
          const image = await bench.build({
            context,
            dockerfile: join(context, 'Dockerfile'),
            args: { BASE: baseImage },
          });
          const script = 'id -un; test -x /usr/sbin/sshd && git --version >/dev/null && echo complete';
          assert.equal(await bench.printed(image, 'sh', '-c', script), `${user}\ncomplete`);
          const details = await new DockerImageStore(bench.docker).details(image);
          assert.equal(details && knownImage(image, details).kind, kind);
          assert.equal(recommendationOf(details?.labels ?? {}).cpus, 2);
        });
      }

      it('sends a big folder without holding it in memory', async () => {
        await bench.write({ Dockerfile: `FROM ${baseImage}\nCOPY Dockerfile /\n`, big: '' });
        await truncate(join(bench.context, 'big'), 600 * 1024 ** 2);
        const before = process.memoryUsage().rss;
        let most = 0;
        const watch = setInterval(() => {
          most = Math.max(most, process.memoryUsage().rss);
        }, 20);
        try {
          await bench.build();
        } finally {
          clearInterval(watch);
          await truncate(join(bench.context, 'big'), 0);
        }
        assert.ok(most - before < 200 * 1024 ** 2, `${(most - before) / 1024 ** 2} MiB`);
      });

      it('says which file could not be sent', async () => {
        const error = await failure(bench.build({ context: join(bench.folder, 'missing') }));
        assert.match(error.message, /Cannot send the folder .*missing/);
      });
    }
  });
}

/** What Podman keeps of a build that was cancelled: its working container, and layers without a name. */
async function removePodmanLeftovers(): Promise<void> {
  const ids = async (...args: string[]) =>
    (await run('podman', args)).stdout.split('\n').filter(id => id !== '');
  const containers = await ids('ps', '-aq', '--external', '--filter=name=working-container');
  if (containers.length > 0) await run('podman', ['rm', '-f', ...containers], { mayFail: true });
  const layers = await ids('images', '-aq', '--filter=dangling=true');
  if (layers.length > 0) await run('podman', ['rmi', '-f', ...layers], { mayFail: true });
}
