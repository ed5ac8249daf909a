import script from './authorized-keys.sh';

/** The text of the editor of one authorized_keys file; its head comment says how it is used. */
export const authorizedKeysScript: string = script;
