/** What there is to know of a tag without pulling it. */
export interface TagFacts {
  readonly digest?: string;
  /** Such as 'linux/arm64/v8'. */
  readonly platforms?: readonly string[];
  /** To be pulled, of one platform. */
  readonly bytes?: number;
  /** When it was pushed, or else made: ms since 1970. */
  readonly at?: number;
}

export interface NamedTag extends TagFacts {
  readonly name: string;
}
