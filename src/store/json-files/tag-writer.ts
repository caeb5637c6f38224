/** What is stored of the tags of readings: within a budget, and once for as long as they stay as they are. */
import { toEpochDay, type Day } from '../../core/model/day.ts';
import { imageKey } from '../../core/model/image.ts';
import { mergeReadings, parseReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import type { Reading } from '../../core/model/reading.ts';
import { cutTags, demandOf, fairShare, isStoredAs, sizeOfTags, tagsHash } from '../tag-budget.ts';
import type { Index } from './index.ts';

/** A list is stored again after so many days, so that no reader looks back further. */
const maxReferredDays = 7;

export interface TagWriter {
  /** The readings of a day as they are to be stored. */
  prepare(day: Day, readings: readonly Reading[]): readonly Reading[];
  /** The document with no more tags than the budget has room for: lists that were stored when there were fewer images are cut again. */
  fit(document: SnapshotDocument): SnapshotDocument;
}

export function createTagWriter(index: Pick<Index, 'tags' | 'tagDemands'>, budget: number): TagWriter {
  /** What an image may have, beside those that are known and these. */
  function shareWith(readings: readonly Reading[]): number {
    const demands = new Map(index.tagDemands());
    for (const reading of readings) if (reading.tags) demands.set(imageKey(reading), demandOf(reading));
    return fairShare(demands.values(), budget);
  }

  function store(day: Day, reading: Reading, share: number): Reading {
    if (!reading.tags) return reading;
    const known = index.tags(reading);
    const age = known ? toEpochDay(day) - known.day : -1;
    if (known && age >= 0 && age < maxReferredDays && isStoredAs(known.hash, known.wasCut, reading)) {
      // The day itself has them, or it refers to the one that has.
      return { ...reading, tags: undefined, tagsCut: undefined, tagsNote: age === 0 ? undefined : { since: known.since } };
    }
    return withHash(cutTags(reading, share));
  }

  return {
    prepare(day, readings) {
      if (readings.every(({ tags }) => !tags)) return readings;
      const share = shareWith(readings);
      return readings.map((reading) => store(day, reading, share));
    },
    fit(document) {
      const readings = parseReadings(document);
      if (readings.reduce((sum, { tags }) => sum + sizeOfTags(tags), 0) <= budget) return document;
      const share = shareWith(readings);
      const tooLarge = readings.filter(({ tags }) => sizeOfTags(tags) > share);
      return mergeReadings(
        document,
        tooLarge.map((reading) => withHash(cutTags(reading, share))),
      );
    },
  };
}

/** The document without any tags, which the rows say. */
export function withoutTags(document: SnapshotDocument): SnapshotDocument {
  return mergeReadings(
    document,
    parseReadings(document)
      .filter(({ tags }) => tags)
      .map((reading) => cutTags(reading, 0)),
  );
}

function withHash(reading: Reading): Reading {
  return { ...reading, tagsNote: reading.tags?.length ? { hash: tagsHash(reading.registry, reading.tags) } : undefined };
}
