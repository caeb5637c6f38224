/** Form controls, and the notice that is shown when no images are configured. */
import { html } from 'hono/html';
import type { PageContext } from './context.ts';
import type { Html } from './layout.ts';
import { isCompared, keysOf, kinds, ranges, scales, values, type View } from './view.ts';

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
  return html`${select('kind', 'Chart', kinds, view.kind)} ${select('split', 'Group by', splits, view.split)} ${rangeControls(view)}
  ${isCompared(view) ? select('values', 'Values', values, view.values) : kept('values', view.values, 'absolute')}
  ${hasLines(view) ? select('scale', 'Scale', scales, view.scale) : kept('scale', view.scale, 'linear')}
  ${view.range === 'all' ? kept('previous', view.previous ? 'on' : '', '') : previousChoice(view)} ${kept('zoomed', view.zoomed, '')}`;
}

/** The range, and the dates of a custom one. */
export function rangeControls(view: View): Html {
  return html`${select('range', 'Range', ranges, view.range)}
    <span class="dates" ${view.range === 'custom' ? '' : html`hidden`}>${dateInputs(view)}</span> ${rangeProblem(view)}`;
}

type Dates = Pick<View, 'from' | 'to' | 'problem'>;

export function dateInputs(dates: Dates): Html {
  return html`<label>From <input type="date" name="from" value="${dates.from}" max="9999-12-31" ${invalid(dates)} /></label>
    <label>To <input type="date" name="to" value="${dates.to}" max="9999-12-31" ${invalid(dates)} /></label>`;
}

/** Where what is wrong with the dates is said. */
export function rangeProblem({ problem }: Pick<View, 'problem'>): Html {
  return html`<span class="problem" id="range-problem" role="alert">${problem ?? ''}</span>`;
}

function invalid({ problem }: Pick<View, 'problem'>): Html {
  return problem === undefined ? html`` : html`aria-invalid="true" aria-describedby="range-problem"`;
}

function hasLines(view: View): boolean {
  return isCompared(view) || view.kind === 'total' || view.kind === 'average';
}

/** A choice that makes no sense for this chart, but for the next one. */
export function kept(name: string, value: string, usual: string): Html {
  return value === usual ? html`` : html`<input type="hidden" name="${name}" value="${value}" />`;
}

function previousChoice({ previous }: View): Html {
  return html`<label class="check"
    ><input type="checkbox" name="previous" value="on" ${previous ? html`checked` : ''} /> Previous period</label
  >`;
}

/** What a form keeps of the page's address beside its own fields. */
export function hiddenInputs(pairs: readonly (readonly [name: string, value: string])[]): Html {
  return html`${pairs.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}`;
}

/** The registries to choose from: those that are configured or have images, and the one that is chosen. */
export function offeredRegistries(context: PageContext, known: ReadonlySet<string>, chosen: string): PageContext['registries'] {
  const configured = new Set(context.status().registries.flatMap(({ registry, state }) => (state === 'off' ? [] : [registry])));
  return context.registries.filter(({ id }) => id === chosen || known.has(id) || configured.has(id));
}

/** A choice of a registry or all of them. */
export function registrySelect(registries: PageContext['registries'], name: string, all: string, selected: string): Html {
  const names: Record<string, string> = { [all]: 'All registries' };
  for (const { id, title } of registries) names[id] = title;
  return select(name, 'Registry', names, selected);
}

/** How to configure the service, when no images are configured. */
export function howToConfigure({ howToConfigure: sentence, examples }: PageContext): Html {
  const flags = examples.slice(0, 2).map(({ variable, example }) => `  -e '${variable}=${example}' \\`);
  return html`<section class="card notice" aria-labelledby="configure">
    <h2 id="configure">No images configured</h2>
    <p>${sentence === undefined ? '' : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`}</p>
    <p>
      An entry is one image, or <code>owner/*</code> for all public images of an owner. Set one or more of these variables and start again,
      with Docker:
    </p>
    ${copyable(['docker run -d --name registry-stats -p 9100:9100 -v registry-stats:/data \\', ...flags, '  ghcr.io/registry-stats/registry-stats:1'].join('\n'))}
    <p>or in the file <code>.env</code> beside <code>compose.yaml</code>:</p>
    ${copyable(examples.map(({ variable, example }) => `${variable}=${example}`).join('\n'))}
    <p>To look around first, <code>npx registry-stats demo</code> shows these pages with simulated images, without network.</p>
  </section>`;
}

/** Text with a button that copies it. */
function copyable(text: string): Html {
  return html`<div class="snippet plain">
    <pre tabindex="0"><code>${text}</code></pre>
    <button type="button" class="scripted" data-copy>Copy</button>
  </div>`;
}
