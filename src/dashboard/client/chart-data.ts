/** A chart as the service sends it. */
export interface ChartData {
  readonly days: readonly string[];
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  readonly remarks: Readonly<
    Record<string, { readonly backfilled: number; readonly reset: number; readonly doubtful: number; readonly imported: number }>
  >;
  /** Days on which tags moved; only for a single image. */
  readonly releases?: readonly { readonly day: string; readonly tags: readonly string[] }[];
}
