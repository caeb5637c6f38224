/** The controls of a view, and when they are the person's and not the server's. */

type Control = HTMLInputElement | HTMLSelectElement;

/** A field in which someone types. */
export function isTyped(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && ['search', 'text', 'date'].includes(target.type);
}

/** Gives the controls the values that their HTML says. `typing`: what is typed in at the moment is left alone. */
export function resetControls(root: HTMLElement, typing: 'keep' | 'reset'): void {
  for (const control of root.querySelectorAll<Control>('input, select')) {
    if (typing === 'keep' && control === document.activeElement && isTyped(control)) continue;
    if (control instanceof HTMLSelectElement) resetSelect(control);
    else if (control.type === 'checkbox') control.checked = control.defaultChecked;
    else if (control.value !== control.defaultValue || control.validity.badInput) control.value = control.defaultValue;
  }
}

function resetSelect(select: HTMLSelectElement): void {
  const chosen = [...select.options].find(({ defaultSelected }) => defaultSelected) ?? select.options[0];
  if (chosen && select.value !== chosen.value) select.value = chosen.value;
}

/** The form of a view to which a control belongs. */
export function viewForm(target: EventTarget | null): HTMLFormElement | undefined {
  const { form = null } = target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target : {};
  return form && 'view' in form.dataset ? form : undefined;
}

/** The address of what a form says. */
export function formUrl(form: HTMLFormElement): string {
  const url = new URL(form.action);
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string' && value !== '') query.append(name, value);
  url.search = query.toString();
  return url.href;
}

/** Whether a date is only typed in part: the year 2 on the way to 2026. */
export function isHalfTyped(control: EventTarget | null): boolean {
  if (!(control instanceof HTMLInputElement) || control.type !== 'date') return false;
  return control.validity.badInput || (control.value !== '' && control.value < '1000');
}
