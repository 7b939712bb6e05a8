/** Longest record, in UTF-16 code units: what is longer is no record of a text file. */
const LONGEST_RECORD = 64 * 1024 * 1024;

/** Most bytes of a stream that are kept for training. */
export const LARGEST_STREAM = 2 * 1024 ** 3;

/** Whether a record is too long to be one. */
export const tooLong = (length: number): boolean => length > LONGEST_RECORD;
