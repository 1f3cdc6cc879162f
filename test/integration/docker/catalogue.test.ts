/** An entry of a catalogue on a real Docker: what was allowed is there, what was not is not. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import { runMoments } from '../../../src/engine/moments.ts';
import { dockerSocket } from '../../support/dockerd.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { makeFromCatalogue, seeThatItIsReal } from '../catalogueScene.ts';
import { EngineBench, never, silent } from '../engineBench.ts';

describe('a workspace from a catalogue on Docker', () => {
  let bench: EngineBench;
  before(async () => {
    bench = await EngineBench.on(dockerSocket);
  });
  after(() => bench[Symbol.asyncDispose]());

  it('has what was allowed, and ran what it runs at first', async () => {
    const made = await makeFromCatalogue(bench, await testImage('userRoot'), {
      unset: { IMAGE_PLAIN: null },
    });
    await seeThatItIsReal(made);
    const docker = new Dockerode({ socketPath: dockerSocket });
    const { HostConfig: host, Config: config } = await docker.getContainer(`berth-${made.name}`).inspect();
    assert.equal(host.Privileged, false);
    assert.deepEqual(
      host.CapAdd?.map((name: string) => name.replace('CAP_', '')),
      ['SYS_NICE'],
    );
    assert.equal(host.ShmSize, 96 * 1024 * 1024);
    assert.equal(host.PortBindings['8123/tcp']?.[0]?.HostIp, '127.0.0.1');
    assert.equal(host.PortBindings['22/tcp']?.[0]?.HostIp, '127.0.0.1');
    assert.equal(config.Labels.stolen, undefined);
    const { stdout } = await made.engine.exec(made.name, ['sh', '-lc', '. /berth/env; echo "$TOOL_MODE"'], {
      user: 'root',
    });
    assert.equal(stdout, 'loud\n');
    // Of the image's variables one is taken away, and the others are there.
    const { stdout: ofImage } = await made.engine.exec(made.name, [
      'sh',
      '-c',
      'tr "\\0" "\\n" </proc/1/environ | grep ^IMAGE_ | cut -d= -f1; env | grep -c ^IMAGE_PLAIN=',
    ]);
    assert.match(ofImage, /^IMAGE_SPACES$/m);
    assert.doesNotMatch(ofImage, /IMAGE_PLAIN/);
    assert.match(ofImage, /^0$/m);

    // A stop keeps the container, and a rebuild makes another, which is prepared anew.
    const { overrides } = (await made.engine.record(made.name)).settings;
    await made.engine.stop(made.name, { force: false }, silent, never);
    await made.engine.start(made.name, silent, never);
    await runMoments(made.engine, { name: made.name, overrides }, ['firstLaunch'], silent, never);
    assert.equal((await made.read('/tmp/first')).split('\n').length, 2);
    await made.engine.rebuild(made.name, { pull: false }, silent, never);
    await runMoments(made.engine, { name: made.name, overrides }, ['firstLaunch'], silent, never);
    assert.equal(await made.read('/tmp/first'), 'first by root in /usr\n');
  });
});
