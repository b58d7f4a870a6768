/** What a caller may act as. The names stand in access tokens, so they never change. */
export const roles = ['producer', 'buyer', 'administrator', 'stockpile-operator', 'auditor'] as const;
export type Role = (typeof roles)[number];

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);
