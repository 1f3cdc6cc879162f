/** How full the folders of a workspace are: one small program run inside, and how its answer is read. Pure. */

export interface FolderSize {
  /** What lies in it, other file systems below it left out; undefined where counting took too long. */
  readonly usedBytes?: number | undefined;
  /** Of the disk that it is on. */
  readonly freeBytes?: number | undefined;
  readonly totalBytes?: number | undefined;
}

/** Counting files may take for ever: by then it has to be done, for each folder. */
export const countSeconds = 10;

const script = `
number=0
for folder; do
  number=$((number + 1))
  df -Pk -- "$folder" 2>/dev/null | while read -r _ total _ free _; do echo "disk $number $total $free"; done
  used=$(
    du -skx -- "$folder" 2>/dev/null &
    count=$!
    (sleep ${countSeconds} && kill "$count") >/dev/null 2>&1 &
    wait "$count"
    kill $! 2>/dev/null
  )
  read -r used _ <<END
$used
END
  echo "used $number $used"
done`;

/** The program for these folders. */
export function sizesArgv(folders: readonly string[]): string[] {
  return ['/bin/sh', '-c', script, 'sizes', ...folders];
}

/** What it printed, in the order of the folders. */
export function parseSizes(text: string, count: number): FolderSize[] {
  const sizes = Array.from(
    { length: count },
    (): { -readonly [K in keyof FolderSize]: FolderSize[K] } => ({}),
  );
  for (const line of text.split('\n')) {
    const [word, number, ...cells] = line.split(' ');
    const size = sizes[Number(number) - 1];
    const [first, second] = cells.map(cell => (/^\d+$/.test(cell) ? Number(cell) * 1024 : undefined));
    if (!size || first === undefined) continue;
    if (word === 'used') size.usedBytes = first;
    else if (word === 'disk') Object.assign(size, { totalBytes: first, freeBytes: second });
  }
  return sizes;
}
