import loader from 'highs';

/** HiGHS, the tests' independent solver. Its types describe a CommonJS module, but what is loaded is an ES module. */
export const loadHighs = loader as unknown as typeof loader.default;
