/** The newest total of each image. */
import { addDays, type Day } from '../model/day.ts';
import type { LatestImage } from '../model/history.ts';

/** Days that an image which could not be read keeps its last total. */
export const keepDays = 7;

/** Of the newest known values those that still count on the newest stored day. */
export function currentImages(images: readonly LatestImage[], newestDay: Day): readonly LatestImage[] {
  const oldest = oldestCurrentDay(newestDay);
  return images.filter((image) => image.day >= oldest);
}

/** The oldest day of which a value still counts on the newest stored day. */
export function oldestCurrentDay(newestDay: Day): Day {
  return addDays(newestDay, -keepDays);
}
