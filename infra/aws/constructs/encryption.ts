/** Why logs have no key of the account's own. */
export const logsEncrypted =
  'CloudWatch Logs encrypts with a key of its own. Logs hold ids, routes and timings, never a body, a price or a token, ' +
  'so a key of ours would guard nothing, and its loss would take the trail of what happened with it.';

/** Why objects have none. */
export const objectsEncrypted =
  'S3 encrypts with keys of its own, that nobody can delete or disable. Who may read is said by the role and by the ' +
  'bucket; a proof that cannot be decrypted any more would make its clearing unverifiable for ever.';
