/** Form controls, and the notice that is shown when no images are configured. */
import { html } from 'hono/html';
import type { PageContext } from './context.ts';
import type { Html } from './layout.ts';
import { keysOf, kinds, ranges, type View } from './view.ts';

/** A labeled choice among the keys of `names`. */
export function select<Key extends string>(name: string, label: string, names: Readonly<Record<Key, string>>, selected: Key): Html {
  const options = keysOf(names).map((key) => html`<option value="${key}" ${key === selected ? html`selected` : ''}>${names[key]}</option>`);
  return html`<label
    >${label}
    <select name="${name}">
      ${options}
    </select></label
  >`;
}

/** The choices of a chart; `splits` are those that make sense on the page. */
export function chartControls(view: View, splits: Readonly<Record<string, string>>): Html {
  return html`${select('kind', 'Chart', kinds, view.kind)} ${select('split', 'Group by', splits, view.split)}
    ${select('range', 'Range', ranges, view.range)}
    <span class="dates" ${view.range === 'custom' ? '' : html`hidden`}
      ><label>From <input type="date" name="from" value="${view.from}" max="9999-12-31" ${invalid(view)} /></label>
      <label>To <input type="date" name="to" value="${view.to}" max="9999-12-31" ${invalid(view)} /></label
    ></span>
    <span class="problem" id="range-problem" role="alert">${view.problem ?? ''}</span>`;
}

function invalid({ problem }: View): Html {
  return problem === undefined ? html`` : html`aria-invalid="true" aria-describedby="range-problem"`;
}

/** What a form keeps of the page's address beside its own fields. */
export function hiddenInputs(pairs: readonly (readonly [name: string, value: string])[]): Html {
  return html`${pairs.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}`;
}

/** A choice of a registry or all of them. */
export function registrySelect({ registries }: PageContext, name: string, all: string, selected: string): Html {
  const names: Record<string, string> = { [all]: 'All registries' };
  for (const { id, title } of registries) names[id] = title;
  return select(name, 'Registry', names, selected);
}

/** How to configure the service, when no images are configured. */
export function howToConfigure({ howToConfigure: sentence, examples }: PageContext): Html {
  return html`<section class="card notice" aria-labelledby="configure">
    <h2 id="configure">No images configured</h2>
    <p>${sentence}.</p>
    <pre><code>${examples.map(({ variable, example }) => `${variable}=${example}`).join('\n')}</code></pre>
    <p>
      An entry is one image, or <code>owner/*</code> for all public images of an owner. Set the variables in the container's environment and
      restart it.
    </p>
  </section>`;
}
