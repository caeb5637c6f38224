/** Every metric of our own: its name, what it means, its labels. The documentation is generated from this. */

interface Definition {
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels: readonly string[];
}

const image = ['registry', 'owner', 'repo'];
const registry = ['registry'];

export const definitions = {
  registrystats_image_pulls: {
    type: 'gauge',
    labels: image,
    help: 'Newest known total of pulls. A gauge, because registries restate totals: use delta(), not increase().',
  },
  registrystats_image_tags: { type: 'gauge', labels: image, help: 'Number of tags, where it is known.' },
  registrystats_image_last_pushed_timestamp_seconds: { type: 'gauge', labels: image, help: 'Last push, where it is known.' },
  registrystats_image_last_read_timestamp_seconds: {
    type: 'gauge',
    labels: image,
    help: 'When the newest total was read. The total stays when a read fails; this tells how old it is.',
  },
  registrystats_image_present: {
    type: 'gauge',
    labels: image,
    help: '0 when the registry said in the last cycle that there is no such image, else 1.',
  },
  registrystats_registry_last_success_timestamp_seconds: {
    type: 'gauge',
    labels: registry,
    help: 'End of the last cycle that read something; 0 before the first.',
  },
  registrystats_registry_last_cycle_duration_seconds: { type: 'gauge', labels: registry, help: 'How long the last cycle took.' },
  registrystats_registry_images: { type: 'gauge', labels: registry, help: 'Images whose total the last cycle read.' },
  registrystats_registry_images_failed: { type: 'gauge', labels: registry, help: 'Images whose total the last cycle could not read.' },
  registrystats_registry_images_in_doubt: {
    type: 'gauge',
    labels: registry,
    help: "Images whose total contradicts the registry's own days (frozen or inconsistent).",
  },
  registrystats_registry_listing_complete: {
    type: 'gauge',
    labels: registry,
    help: 'Whether the last cycle listed every owner completely: 1 or 0.',
  },
  registrystats_registry_images_unlisted: {
    type: 'gauge',
    labels: registry,
    help: 'Images that the registry says an owner has, and did not list.',
  },
  registrystats_registry_cycles_total: {
    type: 'counter',
    labels: ['registry', 'result'],
    help: 'Cycles since the start, by result: ok when something was read, else failed.',
  },
  registrystats_registry_read_errors_total: {
    type: 'counter',
    labels: ['registry', 'code'],
    help: 'Totals that could not be read since the start, by the code of the error.',
  },
  registrystats_configuration_problems: { type: 'gauge', labels: [], help: 'Entries of the configuration that cannot be used.' },
  registrystats_healthy: { type: 'gauge', labels: [], help: 'What the health check says: 1 or 0.' },
  registrystats_build_info: { type: 'gauge', labels: ['version'], help: 'Always 1; its label is the version.' },
} satisfies Readonly<Record<string, Definition>>;

export type MetricName = keyof typeof definitions;
