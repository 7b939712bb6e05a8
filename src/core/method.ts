/** A method as reports name it, and the works that they cite for it. */
export interface Method {
  /** As in `This report uses …`. */
  readonly name: string;
  /** The works as a list of references has them, by key: the first author and the year. */
  readonly works: Readonly<Record<string, string>>;
}
