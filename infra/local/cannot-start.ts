/** Why it cannot start, in a line that says what to do about it. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}
