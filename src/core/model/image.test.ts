import { describe, expect, it } from 'vitest';
import { compareImages, compareImagesByName, compareText, imageKey, type ImageName } from './image.ts';

const images: readonly ImageName[] = [
  { registry: 'dockerhub', repo: 'acme/app' },
  { registry: 'dockerhub', repo: 'acme/tool' },
  { registry: 'ghcr', repo: 'acme/app' },
];
const [first, second, third] = images;

describe('images', () => {
  it('have a key each', () => {
    expect(images.map(imageKey)).toEqual(['dockerhub acme/app', 'dockerhub acme/tool', 'ghcr acme/app']);
  });

  it('stand by registry, then name, or by name, then registry', () => {
    expect(images.toReversed().toSorted(compareImages)).toEqual([first, second, third]);
    expect(images.toReversed().toSorted(compareImagesByName)).toEqual([first, third, second]);
  });
});

describe('compareText', () => {
  it('orders by code unit, not by language', () => {
    expect(['b', 'a', 'B', 'é', 'a-', 'a/', 'a'].toSorted(compareText)).toEqual(['B', 'a', 'a', 'a-', 'a/', 'b', 'é']);
    expect(compareText('a', 'a')).toBe(0);
    expect(compareText('a', 'b')).toBe(-1);
    expect(compareText('b', 'a')).toBe(1);
  });
});
