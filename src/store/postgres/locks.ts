/** Numbers of the locks that processes take from each other; no other program should use them. */
export const migrationLock = 7_218_935_041;
/** Shared by saves, alone for making and dropping partitions. */
export const partitionLock = 7_218_935_042;

/** Where the tables are. */
export const schemaName = 'registry_stats';

/** Where a change is told to the other processes, with its number. */
export const changesChannel = 'registry_stats';
