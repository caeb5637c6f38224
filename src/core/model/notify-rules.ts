/** Which events are sent: a default for each rule, and what the configuration says for all, a registry, an owner or an image. */
import { AppError } from './errors.ts';
import type { EventKind } from './event.ts';
import { parseTarget, formatRepo } from './image-ref.ts';

/** Each rule with its default; the number is that of runs which a trouble may last before it is sent. */
const defaults = {
  milestone: true,
  unusual: true,
  frozen: true,
  decreased: true,
  inconsistent: true,
  deleted: true,
  outage: 2,
  failure: true,
  new: false,
  push: false,
} as const;

export type NotifyRule = keyof typeof defaults;

/** The rule that each kind of event is under. */
export const ruleOfKind: Readonly<Record<EventKind, NotifyRule>> = {
  first_seen: 'new',
  counter_went_down: 'decreased',
  frozen: 'frozen',
  inconsistent: 'inconsistent',
  milestone: 'milestone',
  unusual_day: 'unusual',
  tag_pushed: 'push',
  image_gone: 'deleted',
  image_back: 'deleted',
  registry_dark: 'outage',
  registry_back: 'outage',
  collecting_failed: 'failure',
  collecting_restored: 'failure',
  storing_failed: 'failure',
  storing_restored: 'failure',
  notification_failed: 'failure',
};

export interface NotifyRules {
  /** Whether events of the rule are sent. `repo` absent: about the whole registry. */
  isOn(rule: NotifyRule, subject: Subject): boolean;
  /** An outage is sent when it lasts for more runs than this. */
  outageRuns(registry: string): number;
}

interface Subject {
  readonly registry: string;
  readonly repo?: string | undefined;
}

/** One entry of the configuration. */
interface Entry {
  readonly registry?: string | undefined;
  readonly owner?: string | undefined;
  readonly repo?: string | undefined;
  readonly rule: NotifyRule | 'all';
  readonly value: boolean | number;
}

const names = Object.keys(defaults);
const maxRuns = 1000;

/**
 * Reads entries such as `push=on`, `acme/*: push=on milestone=off`, `ghcr:acme/app: all=off` and `outage=5`.
 * @throws AppError invalid_input with the reason and what would be valid
 */
export function parseNotifyRules(entries: readonly string[], registries: readonly string[]): NotifyRules {
  const parsed = entries.flatMap((entry) => parseEntry(entry, registries));
  const find = (rule: NotifyRule, subject: Subject): boolean | number => {
    let found: Entry | undefined;
    for (const entry of parsed) {
      if ((entry.rule === rule || entry.rule === 'all') && isAbout(entry, subject) && (!found || rank(entry) >= rank(found))) found = entry;
    }
    // Switched on as a whole means each rule's default, so that "all=on" undoes what a wider entry switched off.
    return found === undefined || (found.rule === 'all' && found.value === true) ? defaults[rule] : found.value;
  };
  return {
    isOn: (rule, subject) => find(rule, subject) !== false,
    outageRuns(registry) {
      const value = find('outage', { registry });
      return typeof value === 'number' ? value : defaults.outage;
    },
  };
}

/** What is said of less is said more exactly. */
function rank({ registry, owner, repo }: Entry): number {
  return (repo === undefined ? (owner === undefined ? 0 : 2) : 4) + (registry === undefined ? 0 : 1);
}

function isAbout({ registry, owner, repo }: Entry, subject: Subject): boolean {
  if (registry !== undefined && registry !== subject.registry) return false;
  if (repo !== undefined) return repo === subject.repo;
  return owner === undefined || subject.repo?.startsWith(`${owner}/`) === true;
}

function parseEntry(text: string, registries: readonly string[]): Entry[] {
  const [, scope = '', words = text] = /^(.*\/\S*|[\w-]+:\*|\*)\s*[:\s]\s*(\S.*=.*)$/.exec(text) ?? [];
  const about = parseScope(scope.replace(/:$/, ''), registries, text);
  return words.split(/\s+/).map((word) => {
    const [, name = '', value = ''] = /^(\w+)=(\w+)$/.exec(word.toLowerCase()) ?? [];
    if (!isRule(name)) throw invalid(text, `${JSON.stringify(word)} is no rule: valid are ${[...names, 'all'].join(', ')}, as push=on`);
    return { ...about, rule: name, value: parseValue(text, name, value) };
  });
}

function isRule(name: string): name is Entry['rule'] {
  return name === 'all' || names.includes(name);
}

function parseValue(entry: string, rule: Entry['rule'], value: string): boolean | number {
  if (value === 'on') return true;
  if (value === 'off') return false;
  const runs = rule === 'outage' && /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;
  if (runs <= maxRuns) return runs;
  const valid = rule === 'outage' ? `on, off or a number of runs up to ${maxRuns}` : 'on or off';
  throw invalid(entry, `${rule} must be ${valid}; got ${JSON.stringify(value)}`);
}

function parseScope(scope: string, registries: readonly string[], entry: string): Omit<Entry, 'rule' | 'value'> {
  if (scope === '' || scope === '*') return {};
  const [, registry, name = ''] = /^(?:([a-z-]+):)?(.*)$/i.exec(scope) ?? [];
  const id = registry?.toLowerCase();
  if (id !== undefined && !registries.includes(id)) throw invalid(entry, `${registry} is no registry: valid are ${registries.join(', ')}`);
  if (name === '*') return { registry: id };
  try {
    const target = parseTarget(name);
    return target.kind === 'owner' ? { registry: id, owner: target.owner } : { registry: id, repo: formatRepo(target.ref) };
  } catch (error) {
    throw invalid(entry, error instanceof AppError ? error.message : 'use owner/name or owner/*');
  }
}

function invalid(entry: string, reason: string): AppError {
  return new AppError('invalid_input', `${JSON.stringify(entry)}: ${reason}`);
}
