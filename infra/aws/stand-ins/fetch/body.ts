/** What a message may carry: all of it at once; a body that was read from another message is one as well. */
export type BodyInit = string | Uint8Array | Content;

/** The bytes of a message, read once. */
export class Content {
  readonly #bytes: Uint8Array;
  used = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(): Uint8Array {
    if (this.used) throw new TypeError('the body has been read');
    this.used = true;
    return this.#bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const bytes = this.take();
    if (bytes.length > 0) yield await Promise.resolve(bytes);
  }
}

/** What requests and responses of the Fetch standard have in common, for bodies that are whole. */
export class Body {
  readonly body: Content | null;

  constructor(init: BodyInit | null | undefined) {
    if (init === null || init === undefined) this.body = null;
    else if (typeof init === 'string') this.body = new Content(Buffer.from(init));
    else if (init instanceof Content) this.body = init;
    else this.body = new Content(Uint8Array.from(init));
  }

  get bodyUsed(): boolean {
    return this.body?.used ?? false;
  }

  bytes(): Promise<Uint8Array> {
    return new Promise((resolve) => {
      resolve(this.body?.take() ?? new Uint8Array());
    });
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    return (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
  }
}
