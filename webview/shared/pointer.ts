/** Puts off what moves the layout until a pressed button is up, so that the click meets what it was aimed at. */

let isDown = false;
let waiting: (() => void)[] = [];

function release(): void {
  isDown = false;
  // The click comes right after; only then may things move.
  setTimeout(() => {
    const tasks = waiting;
    waiting = [];
    for (const task of tasks) task();
  }, 0);
}

document.addEventListener('pointerdown', () => (isDown = true), { capture: true });
document.addEventListener('pointerup', release, { capture: true });
document.addEventListener('pointercancel', release, { capture: true });

/** Runs the task now, or after the click that is under way. */
export function afterClick(task: () => void): void {
  if (isDown) waiting.push(task);
  else task();
}
