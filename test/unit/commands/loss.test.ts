import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AtRisk,
  accessQuestion,
  deleteKeptHomeQuestion,
  deleteQuestion,
  editQuestion,
  importQuestion,
  readHomeQuestion,
  rebuildQuestion,
  removeKeyQuestion,
  removeTargetQuestion,
  replaceHomeQuestion,
  restartQuestion,
  stopQuestion,
  takeKeptHomeQuestion,
  updateQuestion,
} from '../../../src/commands/loss.ts';

const otter: AtRisk = { name: 'brave-otter', isUp: true, home: '/home/dev' };

describe('before something is lost, the question', () => {
  it('to stop names the workspace and what is lost', () => {
    const { message, detail, buttons } = stopQuestion([otter], false);
    assert.equal(message, 'Stop brave-otter?');
    assert.match(detail, /^Unsaved work in running programs is lost\./);
    assert.deepEqual(buttons, ['Stop']);
  });

  it('to rebuild says that all outside the home goes, and the programs only where some run', () => {
    assert.match(rebuildQuestion(otter).detail, /home, \/home\/dev, is kept; everything outside it is lost/);
    assert.match(rebuildQuestion(otter).detail, /Unsaved work/);
    assert.doesNotMatch(rebuildQuestion({ ...otter, isUp: false }).detail, /Unsaved work/);
  });

  it('to delete puts the milder way first and names every home', () => {
    const { detail, buttons } = deleteQuestion([otter, { name: 'calm-fox', isUp: false, home: '/root' }]);
    assert.deepEqual(buttons, ['Delete, Keep the Home', 'Delete Everything']);
    assert.match(detail, /brave-otter: \/home\/dev\ncalm-fox: \/root/);
  });

  it('about many lists the first and counts the rest', () => {
    const many = Array.from({ length: 30 }, (_, at) => ({ ...otter, name: `w-${at}` }));
    assert.match(stopQuestion(many, true).message, /w-7 and 22 more by force\?$/);
    assert.match(deleteQuestion(many).detail, /…/);
  });

  const heron: AtRisk = { name: 'calm-heron', isUp: true, home: '/home/dev', keepsOnlyHome: true };

  it('on a cluster says at every stop that only the home is kept', () => {
    const lost = /Everything outside the home, \/home\/dev, is lost at every stop/;
    for (const { detail } of [
      stopQuestion([heron], false),
      stopQuestion([heron], true),
      restartQuestion(heron),
    ]) {
      assert.match(detail, lost);
      assert.match(detail, /home stays/);
    }
    for (const { detail } of [stopQuestion([otter], false), restartQuestion(otter)])
      assert.doesNotMatch(detail, /outside/);
    assert.match(
      rebuildQuestion(heron).detail,
      /^A new pod is made .* \/home\/dev, is kept; .* as at every stop/,
    );
  });

  it('says whose, where only some are on a cluster', () => {
    assert.match(
      stopQuestion([otter, heron], false).detail,
      /\n\ncalm-heron: Everything outside the homes is lost at every stop/,
    );
    assert.match(
      stopQuestion([heron, { ...heron, name: 'b' }], false).detail,
      /\n\nEverything outside the homes/,
    );
  });

  it('to delete on a cluster names the pod, the record and the claim', () => {
    const { detail, buttons } = deleteQuestion([heron]);
    assert.match(detail, /^The pod goes, and with it the record: .* a volume claim, can be kept/);
    assert.match(detail, /calm-heron: \/home\/dev/);
    assert.deepEqual(buttons, ['Delete, Keep the Home', 'Delete Everything']);
    assert.match(deleteQuestion([heron, otter]).detail, /^The container goes/);
  });

  const fox: AtRisk = { name: 'calm-fox', isUp: true, home: '/root', madeBy: 'anna@example.org' };
  const update = { image: 'a:1', from: 'sha256:1', to: 'sha256:2' };

  it('about another’s names whose it is, whatever is done to it', () => {
    for (const question of [
      stopQuestion([fox], false),
      stopQuestion([fox], true),
      restartQuestion(fox),
      rebuildQuestion(fox),
      updateQuestion(fox, update),
      deleteQuestion([fox]),
      replaceHomeQuestion(fox, { name: 'old', madeAt: 'yesterday' }),
      editQuestion(fox),
      accessQuestion(fox),
      readHomeQuestion(fox, 'clone'),
      readHomeQuestion(fox, 'back-up'),
    ]) {
      assert.match(question?.detail ?? '', /It belongs to anna@example\.org, not to you/);
    }
  });

  it('about one’s own names nobody', () => {
    assert.equal(editQuestion(otter), undefined);
    assert.equal(accessQuestion(otter), undefined);
    assert.equal(readHomeQuestion(otter, 'clone'), undefined);
    assert.equal(readHomeQuestion(otter, 'back-up'), undefined);
    for (const { detail } of [stopQuestion([otter], false), rebuildQuestion(otter), deleteQuestion([otter])])
      assert.doesNotMatch(detail, /belongs/);
  });

  it('to copy another’s home says that what is private in it comes along', () => {
    for (const [what, message, button] of [
      ['clone', 'Clone calm-fox of anna@example.org?', 'Clone'],
      ['back-up', 'Back up calm-fox of anna@example.org?', 'Back Up'],
    ] as const) {
      const question = readHomeQuestion(fox, what);
      assert.deepEqual([question?.message, question?.buttons], [message, [button]]);
      assert.match(question?.detail ?? '', /All files in \/root are copied, private ones too/);
    }
  });

  it('about many says which are whose', () => {
    const owl: AtRisk = { ...fox, name: 'old-owl', madeBy: 'bob@example.org' };
    for (const { detail } of [stopQuestion([otter, fox, owl], false), deleteQuestion([otter, fox, owl])]) {
      assert.match(detail, /calm-fox: belongs to anna@example\.org\nold-owl: belongs to bob@example\.org/);
      assert.doesNotMatch(detail, /brave-otter: belongs/);
    }
  });

  it('to take a key out says what is open with it, and offers to end that', () => {
    const row = { name: 'anna', isThisMachine: false, sessions: 0, untold: 0 };
    assert.deepEqual(removeKeyQuestion('w', row).buttons, ['Take It Out']);
    assert.deepEqual(removeKeyQuestion('w', { ...row, sessions: 2 }).buttons.length, 2);
    assert.match(removeKeyQuestion('w', { ...row, sessions: 2 }).detail, /2 connections are open with it/);
    assert.match(removeKeyQuestion('w', { ...row, untold: 1 }).detail, /nobody can tell whose/);
    assert.match(
      removeKeyQuestion('w', { ...row, isThisMachine: true }).detail,
      /you can no longer enter from here/,
    );
  });

  it('to take a connection file names the place', () => {
    const { message, detail } = importQuestion({ workspace: 'w', title: 'Box', madeBy: '' }, 'ssh://dev@box');
    assert.match(message, /“Box”/);
    assert.match(detail, /\n\nssh:\/\/dev@box\n\n/);
  });

  it('to remove a target says that its workspaces go on', () => {
    assert.match(removeTargetQuestion('box', 0).detail, /Nothing on it is changed/);
    assert.match(removeTargetQuestion('box', 3).detail, /Its 3 workspaces go on/);
  });

  it('to replace a home names the home, the backup and its day, and a stop only where one is needed', () => {
    const backup = { name: 'calm-fox', madeAt: '1 May' };
    const { message, detail, buttons } = replaceHomeQuestion(otter, backup);
    assert.equal(message, 'Replace the home of brave-otter by the backup of calm-fox?');
    assert.match(detail, /Everything in \/home\/dev is lost.*\(1 May\).*until the new one is complete/);
    assert.match(detail, /stopped for that/);
    assert.deepEqual(buttons, ['Replace the Home']);
    assert.doesNotMatch(replaceHomeQuestion({ ...otter, isUp: false }, backup).detail, /stopped/);
  });

  it('to delete a kept home names it, its target, and its size and owner where they are known', () => {
    const { message, detail } = deleteKeptHomeQuestion('calm-fox', 'Local', '3 GiB', 'ann@example.org');
    assert.equal(message, 'Delete the kept home of calm-fox?');
    assert.match(detail, /belongs to ann@example\.org.*on Local are lost.*Size: 3 GiB/s);
    assert.doesNotMatch(deleteKeptHomeQuestion('calm-fox', 'Local', '', undefined).detail, /Size|belongs/);
  });

  it('to go on with a home that another’s workspace left says whose it is, of one’s own nothing is asked', () => {
    const question = takeKeptHomeQuestion('calm-fox', 'ann@example.org');
    assert.equal(question?.message, 'Create a workspace on the kept home of calm-fox?');
    assert.match(question?.detail ?? '', /belongs to ann@example\.org.*private ones too/s);
    assert.equal(takeKeptHomeQuestion('calm-fox', undefined), undefined);
  });
});
