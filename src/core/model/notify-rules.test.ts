import { describe, expect, it } from 'vitest';
import { parseNotifyRules } from './notify-rules.ts';

const registries = ['dockerhub', 'ghcr', 'ecr-public'];
const app = { registry: 'ghcr', repo: 'acme/app' };

function rules(...entries: readonly string[]) {
  return parseNotifyRules(entries, registries);
}

describe('the rules of notifications', () => {
  it('have sane defaults', () => {
    const none = rules();

    expect(['milestone', 'unusual', 'frozen', 'deleted', 'outage', 'failure'] as const).toSatisfy((all: readonly 'milestone'[]) =>
      all.every((rule) => none.isOn(rule, app)),
    );
    expect(none.isOn('push', app) || none.isOn('new', app)).toBe(false);
    expect(none.outageRuns('ghcr')).toBe(2);
  });

  it('are switched for all, a registry, an owner and an image, and the more exact one counts', () => {
    const set = rules('acme/app: push=off', 'push=on', 'acme/*: push=off milestone=off', 'ghcr:acme/app: push=on', 'dockerhub:*: all=off');

    expect(set.isOn('push', { registry: 'quay', repo: 'b/x' })).toBe(true);
    expect(set.isOn('push', { registry: 'quay', repo: 'acme/x' })).toBe(false);
    expect(set.isOn('milestone', { registry: 'quay', repo: 'acme/x' })).toBe(false);
    expect(set.isOn('push', app)).toBe(true);
    expect(set.isOn('push', { registry: 'quay', repo: 'acme/app' })).toBe(false);
    expect(set.isOn('unusual', { registry: 'dockerhub', repo: 'b/x' })).toBe(false);
    expect(set.isOn('outage', { registry: 'dockerhub' })).toBe(false);
  });

  it('need no colon after what they are about, take names as they are copied, and of equals the last', () => {
    const set = rules('Acme/Charts/App push=on', 'milestone=off', 'milestone=on', 'outage=5', 'ecr-public:* outage=0');

    expect(set.isOn('push', { registry: 'ghcr', repo: 'acme/charts%2Fapp' })).toBe(true);
    expect(set.isOn('milestone', app)).toBe(true);
    expect([set.outageRuns('ghcr'), set.outageRuns('ecr-public')]).toEqual([5, 0]);
  });

  it('go back to their defaults where all of an image is switched on again', () => {
    const set = rules('all=off', 'acme/app: all=on');

    expect(set.isOn('milestone', app)).toBe(true);
    expect(set.isOn('push', app)).toBe(false);
    expect(set.isOn('milestone', { ...app, repo: 'acme/x' })).toBe(false);
  });

  it.each([
    ['milstone=on', '"milstone=on" is no rule: valid are milestone'],
    ['push', 'is no rule'],
    ['push=maybe', 'push must be on or off; got "maybe"'],
    ['outage=1001', 'outage must be on, off or a number of runs up to 1000'],
    ['hub:acme/app push=on', 'hub is no registry: valid are dockerhub, ghcr, ecr-public'],
    ['acme/a b push=on', 'is no rule'],
    ['acme/ä push=on', 'characters other than'],
  ])('are refused as %j, with what is valid', (entry, reason) => {
    expect(() => rules(entry)).toThrow(reason);
    expect(() => rules(entry)).toThrow(JSON.stringify(entry));
  });
});
