import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDevcontainer } from '../../../src/image/devcontainer.ts';
import { isBerthError } from '../../../src/workspace/error.ts';

const place = {
  file: '/home/me/project/.devcontainer/devcontainer.json',
  workspaceFolder: '/home/me/project',
  env: { TOKEN: 'secret', EMPTY: '' },
};
const read = (text: string) => readDevcontainer(text, place);

describe('readDevcontainer', () => {
  it('reads build with comments and trailing commas, paths from where the file stands', () => {
    const build = read(`\uFEFF// for Node
      {
        "name": "x", /* inline */
        "build": { "dockerfile": "Dockerfile", "context": "..", "target": "dev",
                   "args": { "VARIANT": "22", "FOLDER": "\${localWorkspaceFolderBasename}", }, },
      }`);
    assert.deepEqual(build, {
      dockerfile: '/home/me/project/.devcontainer/Dockerfile',
      context: '/home/me/project',
      args: { VARIANT: '22', FOLDER: 'project' },
      stage: 'dev',
      unused: [],
    });
  });

  it('reads the older way', () => {
    const { dockerfile, context } = read('{ "dockerFile": "../Dockerfile", "context": ".." }');
    assert.deepEqual([dockerfile, context], ['/home/me/project/Dockerfile', '/home/me/project']);
  });

  it('takes the folder of the file as context where none is said', () => {
    assert.equal(read('{"build":{"dockerfile":"D"}}').context, '/home/me/project/.devcontainer');
  });

  const variables: readonly (readonly [string, string])[] = [
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how they are written
    ['${localWorkspaceFolder}/x', '/home/me/project/x'],
    ['${localEnv:TOKEN}', 'secret'],
    ['${env:TOKEN}', 'secret'],
    ['${localEnv:MISSING}', ''],
    ['${localEnv:MISSING:a:b}', 'a:b'],
    ['${localEnv:EMPTY:other}', ''],
    ['$HOME and ${localEnv:TOKEN}', '$HOME and secret'],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how they are written
  ];
  for (const [text, expected] of variables) {
    it(`fills in ${text}`, () => {
      const { args } = read(JSON.stringify({ build: { dockerfile: 'D', args: { A: text } } }));
      assert.equal(args.A, expected);
    });
  }

  it('lists what is not used', () => {
    const { unused } = read(
      '{"features":{},"postCreateCommand":"x","build":{"dockerfile":"D","cacheFrom":"y","options":[]}}',
    );
    assert.deepEqual(unused, ['features', 'postCreateCommand', 'build.cacheFrom', 'build.options']);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /line 1 is not JSON/],
    ['broken JSON', '{\n "build": {\n oops }', /line 3 is not JSON/],
    ['no object', '[]', /not an object/],
    ['nesting without end', '['.repeat(300_000), /not JSON/],
    ['a file without end', ' '.repeat(2_000_000), /too large/],
    ['an image', '{"image":"debian"}', /builds no image/],
    ['a compose file', '{"dockerComposeFile":"x.yml"}', /builds no image/],
    ['a Dockerfile that is no text', '{"build":{"dockerfile":7}}', /build\.dockerfile/],
    ['an argument that is an option', '{"build":{"dockerfile":"D","args":{"--x":"y"}}}', /build\.args/],
    ['an argument that is no text', '{"build":{"dockerfile":"D","args":{"A":{}}}}', /build\.args\.A/],
    ['a stage that is an option', '{"build":{"dockerfile":"D","target":"--push"}}', /build\.target/],
    [
      'a variable of the container',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written
      '{"build":{"dockerfile":"${containerWorkspaceFolder}/D"}}',
      /containerWorkspaceFolder\} has no meaning/,
    ],
  ];
  for (const [title, text, words] of refused) {
    it(`refuses ${title} in words`, () => {
      assert.throws(
        () => read(text),
        error => isBerthError(error) && words.test(error.message),
      );
    });
  }

  it('leaves prototypes alone', () => {
    const { args } = read('{"build":{"dockerfile":"D","args":{"__proto__":"x"}},"__proto__":{"build":{}}}');
    assert.equal(Object.getPrototypeOf(args), Object.prototype);
  });
});
