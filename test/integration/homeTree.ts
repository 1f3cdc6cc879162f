/** A tree of files of every kind in a workspace's home, and what tells that another is the same. */
import type { Engine } from '../../src/engine/engine.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';

/** Times and names are part of it; the program is run by whoever logs in. */
const make = String.raw`set -e
mkdir -p "$HOME/tree/deep/er" "$HOME/tree/empty" && cd "$HOME/tree"
printf 'one\n' > plain
printf 'two\n' > "$(printf 'new\nline')"
printf 'three\n' > 'grüße 漢字 '
printf 'four\n' > -dash
printf 'five\n' > .hidden
: > zero
mkdir -p "deep/$(printf '%0100d' 7)/$(printf '%0100d' 8)" && printf 'long\n' > "deep/$(printf '%0100d' 7)/$(printf '%0100d' 8)/file"
ln plain hard
ln -s plain soft
ln -s /etc/hostname out
ln -s ../../nowhere dangling
mkfifo pipe
head -c 52428800 /dev/urandom > random
truncate -s 64M holes && printf 'end' >> holes
printf '#!/bin/sh\n' > run && chmod 4755 run
chmod 600 .hidden && chmod 1777 empty && chmod 555 deep/er
touch -d '2001-02-03 04:05:06.789' zero
perl -e 'exit(syscall(188, "plain", "user.berth", "yes", 3, 0) == 0 ? 0 : 1)' || true
`;

const sum = String.raw`cd "$HOME/tree" && {
find . -mindepth 1 -printf '%P\0%y\0%m\0%U:%G\0%l\0%n\0' | sort -z
find . -mindepth 1 ! -type l ! -type d -printf '%P\0%s\0%T@\0' | sort -z
find . -type f -print0 | sort -z | xargs -0 sha256sum
perl -e 'my $v = " " x 9; my $n = syscall(191, "plain", "user.berth", $v, 9); print substr($v, 0, $n)'
} | sha256sum`;

export async function makeTree(engine: Engine, name: WorkspaceName): Promise<void> {
  await shell(engine, name, make);
}

/** The same for trees that are the same in names, kinds, modes, owners, times, links, attributes and content. */
export async function sumOfTree(engine: Engine, name: WorkspaceName): Promise<string> {
  return await shell(engine, name, sum);
}

/** Its output; fails where it does. */
export async function shell(engine: Engine, name: WorkspaceName, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(name, ['sh', '-c', script]);
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`);
  return stdout.trim();
}
