/** The samples that New Workspace Image writes: each is what its labels say it is, and complete. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { suggestedName } from '../../../src/image/buildRequest.ts';
import { instructionsOf, readDockerfile } from '../../../src/image/dockerfile.ts';
import { knownImage, recommendationOf } from '../../../src/image/kind.ts';
import { isImageName } from '../../../src/image/reference.ts';
import { kindDefaults } from '../../../src/workspace/kindDefaults.ts';
import { imageKinds } from '../../../src/workspace/settings.ts';
import { projectRoot } from '../../support/vsix.ts';

const folder = join(projectRoot, 'media', 'workspaceImages');
const instructions = new Set('FROM ARG RUN COPY USER WORKDIR LABEL EXPOSE ENV CMD ENTRYPOINT'.split(' '));

describe('the samples', () => {
  it('are there for each kind and no other', async () => {
    assert.deepEqual((await readdir(folder)).sort(), [...imageKinds].sort());
  });

  for (const kind of imageKinds) {
    const read = (name: string) => readFile(join(folder, kind, name), 'utf8');

    it(`${kind}: Dockerfile, .dockerignore, README and what they name`, async () => {
      const names = await readdir(join(folder, kind));
      const listed = [
        ...(await read('README.md')).matchAll(/^\| `([^`.][^`]*\.[^`]+|\.dockerignore|Dockerfile)` \|/gm),
      ];
      const described = listed.map(([, name = '']) => name).filter(name => !name.startsWith('berth.'));
      assert.deepEqual([...described, 'README.md'].sort(), names.sort());
    });

    it(`${kind}: each Dockerfile is one, and copies only what is there and sent`, async () => {
      const names = await readdir(join(folder, kind));
      for (const file of names.filter(name => name.startsWith('Dockerfile'))) {
        for (const { keyword, rest, line } of instructionsOf(await read(file))) {
          assert.ok(instructions.has(keyword), `${file}:${line} ${keyword}`);
          if (/^(?:CMD|ENTRYPOINT)$/.test(keyword)) assert.ok(Array.isArray(JSON.parse(rest)), rest);
          if (keyword !== 'COPY' || rest.includes('--from=')) continue;
          const [source = ''] = rest.replace(/^--\S+ /, '').split(' ');
          assert.ok(names.includes(source), `${file}:${line} ${source}`);
        }
      }
    });

    it(`${kind}: its labels fill the form in`, async () => {
      const whole = instructionsOf(await read('Dockerfile'));
      const of = (keyword: string) => whole.filter(one => one.keyword === keyword).map(({ rest }) => rest);
      const labels = Object.fromEntries(
        [
          ...of('LABEL')
            .join(' ')
            .matchAll(/(\S+)="([^"]*)"/g),
        ].map(([, name = '', value = '']) => [name, value]),
      );
      const known = knownImage('my-image', {
        labels,
        exposedPorts: of('EXPOSE').map(Number),
        env: of('ENV'),
        entrypoint: [],
        command: of('CMD').flatMap((words): string[] => JSON.parse(words)),
      });
      assert.equal(known.kind, kind);
      const { cpus, memoryMiB, diskGiB } = recommendationOf(labels);
      assert.ok(cpus && memoryMiB && diskGiB);
      const [port] = kindDefaults(kind, known).ports;
      assert.equal(port?.port, known.exposedPorts[0], 'the port that opens is the one that is exposed');
      const { stages } = readDockerfile(await read('Dockerfile'));
      assert.deepEqual(
        stages.map(({ base }) => base),
        ['$' + '{BASE}'],
        'another base is one argument away',
      );
    });
  }

  it('studio: with Seqera’s client as its documentation asks', async () => {
    const seqera = instructionsOf(await readFile(join(folder, 'studio', 'Dockerfile.seqera'), 'utf8'));
    const has = (keyword: string, words: string) =>
      assert.ok(
        seqera.some(one => one.keyword === keyword && one.rest.includes(words)),
        `${keyword} ${words}`,
      );
    has('LABEL', 'io.seqera.connect.version');
    has('COPY', '--from=connect /usr/bin/connect-client');
    has('RUN', '--install');
    has('ENTRYPOINT', '["/usr/bin/connect-client", "--entrypoint"]');
  });
});

describe('suggestedName', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['My Project', 'my-project:latest'],
    ['.devcontainer', 'devcontainer:latest'],
    ['日本', 'workspace:latest'],
    ['a'.repeat(300), `${'a'.repeat(60)}:latest`],
    ['x__y--z.', 'x-y-z:latest'],
  ];
  for (const [folderName, name] of rows) {
    it(`${folderName.slice(0, 20)} becomes ${name.slice(0, 20)}`, () => {
      assert.equal(suggestedName(folderName), name);
      assert.ok(isImageName(name));
    });
  }
});
