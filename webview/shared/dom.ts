/** Makes elements. Text is always text: nothing here, or on any page, parses markup. */

type Attribute = string | number | boolean | undefined | null | ((event: never) => void);
export type Child = Node | string | undefined | null | false;

/**
 * `h('button', { class: 'x', disabled: true, onclick: run }, 'Run')`: functions are listeners, true is an empty
 * attribute, false and undefined are none, `value` and `checked` are set as properties.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Readonly<Record<string, Attribute>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K];
export function h(
  tag: string,
  attributes?: Readonly<Record<string, Attribute>>,
  ...children: readonly Child[]
): HTMLElement;
export function h(
  tag: string,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (name === 'value' || name === 'checked') Reflect.set(element, name, value);
    else setAttribute(element, name, value);
  }
  element.append(...children.filter(child => child !== undefined && child !== null && child !== false));
  return element;
}

/** Sets, or removes where the value is false or undefined; touches nothing where it is that already. */
export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | undefined | null,
) {
  if (value === false || value === undefined || value === null) element.removeAttribute(name);
  else {
    const text = value === true ? '' : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** Sets an element's text where it differs. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

let lastId = 0;
/** An id that no other element has. */
export function freshId(stem: string): string {
  return `${stem}-${++lastId}`;
}

/** Runs `task` once, `ms` after the last call. */
export function debounce(ms: number, task: () => void): { (): void; flush(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    timer = undefined;
    task();
  };
  const call = () => {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };
  return Object.assign(call, {
    flush: () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      run();
    },
  });
}
