/** Events that are recorded when they are seen, because no stored total tells them later. */
export const recordedKinds = ['tag_pushed', 'image_gone', 'image_back', 'registry_dark', 'registry_back'] as const;
export type RecordedKind = (typeof recordedKinds)[number];

export interface RecordedEvent {
  /** ISO 8601 moment at which it happened, as far as that is known. */
  readonly time: string;
  /** ISO 8601 moment at which it was seen; its UTC day is the snapshot that keeps it. */
  readonly seenAt: string;
  readonly registry: string;
  /** Canonical name; absent when it is about the whole registry. */
  readonly repo?: string | undefined;
  readonly kind: RecordedKind;
  /** The names of the tags, or why a registry is dark. */
  readonly detail?: string | undefined;
}
