/**
 * How far one clearing goes, in counts and never in time, so that every machine draws the line at the same book. Beyond
 * it the whole clearing fails with a reason (MarketTooLarge) before the memory is taken or the steps are made.
 */

/** Orders of a book, each counted once for every quarter in which it asks for something: what 10 GB explain and prove. */
export const MOST_ENTRIES = 1_000_000;

/** Eligible pairs of one quarter, at about 150 bytes each while they are solved. */
export const MOST_PAIRS = 20_000_000;

/** Arcs looked at and nodes moved for one goal of one quarter: minutes. */
export const MOST_STEPS = 50_000_000_000;
