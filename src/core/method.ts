/** A method that reports name, with the works that they cite. */
export interface Method {
  /** As in `This report uses …`. */
  readonly name: string;
  /** The references by key: the first author and the year. */
  readonly works: Readonly<Record<string, string>>;
}
