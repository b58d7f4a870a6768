/** One resource of every kind that an id can name, as one organisation holds them. */
export type Holdings = Readonly<Record<string, string>>;
