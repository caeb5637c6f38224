/** Every metric of the program: name, help, labels. The documentation is generated from this. */

interface Definition {
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels: readonly string[];
}

const image = ['registry', 'owner', 'repo'];
const registry = ['registry'];
const channel = ['channel'];

export const definitions = {
  registrystats_image_pulls: {
    type: 'gauge',
    labels: image,
    help: 'Newest known total of pulls. A gauge, because totals can decrease: use delta(), not increase().',
  },
  registrystats_image_tags: { type: 'gauge', labels: image, help: 'Number of tags, where known.' },
  registrystats_image_last_pushed_timestamp_seconds: { type: 'gauge', labels: image, help: 'Last push, where known.' },
  registrystats_image_last_read_timestamp_seconds: {
    type: 'gauge',
    labels: image,
    help: 'When the newest total was read. A failed read keeps the total; this is its age.',
  },
  registrystats_image_present: {
    type: 'gauge',
    labels: image,
    help: '0 when the image was not found in the last run, else 1.',
  },
  registrystats_registry_last_success_timestamp_seconds: {
    type: 'gauge',
    labels: registry,
    help: 'End of the last run that read at least one total, after a restart when the newest stored total was read; 0 before the first.',
  },
  registrystats_registry_last_cycle_duration_seconds: { type: 'gauge', labels: registry, help: 'Duration of the last run.' },
  registrystats_registry_images: { type: 'gauge', labels: registry, help: 'Images whose total was read in the last run.' },
  registrystats_registry_images_failed: { type: 'gauge', labels: registry, help: 'Images whose total could not be read in the last run.' },
  registrystats_registry_images_in_doubt: {
    type: 'gauge',
    labels: registry,
    help: "Images whose total is inconsistent with the registry's daily counts (frozen or inconsistent).",
  },
  registrystats_registry_listing_complete: {
    type: 'gauge',
    labels: registry,
    help: '1 when the listing of every owner was complete in the last run, else 0.',
  },
  registrystats_registry_images_unlisted: {
    type: 'gauge',
    labels: registry,
    help: 'Images missing from listings: the number that the registry states minus the number listed.',
  },
  registrystats_registry_cycles_total: {
    type: 'counter',
    labels: ['registry', 'result'],
    help: 'Runs since the start, by result: ok when at least one total was read, else failed.',
  },
  registrystats_registry_read_errors_total: {
    type: 'counter',
    labels: ['registry', 'code'],
    help: 'Totals that could not be read since the start, by error code.',
  },
  registrystats_notifications_waiting: { type: 'gauge', labels: channel, help: 'Messages that are still to be delivered to a channel.' },
  registrystats_notifications_last_success_timestamp_seconds: {
    type: 'gauge',
    labels: channel,
    help: 'When a channel took a message last; absent before the first.',
  },
  registrystats_notifications_last_error_timestamp_seconds: {
    type: 'gauge',
    labels: channel,
    help: 'When a channel did not take a message last; absent before the first.',
  },
  registrystats_notifications_total: {
    type: 'counter',
    labels: ['channel', 'result'],
    help: 'Messages to a channel that ended, by result: delivered, or given_up after three days.',
  },
  registrystats_poll_interval_seconds: {
    type: 'gauge',
    labels: [],
    help: 'Time between two runs; 0 when only one is made.',
  },
  registrystats_configuration_problems: { type: 'gauge', labels: [], help: 'Invalid entries of the configuration.' },
  registrystats_healthy: { type: 'gauge', labels: [], help: '1 when the health check succeeds, else 0.' },
  registrystats_build_info: { type: 'gauge', labels: ['version'], help: 'Always 1; the version is a label.' },
} satisfies Readonly<Record<string, Definition>>;

export type MetricName = keyof typeof definitions;
